#!/usr/bin/env python3
"""Orrery beside a real slurmrestd 22.05: the same requests, the same keys, numbers and words.

Skipped where Slurm isn't installed or may not run (it needs root).
"""

import http.client
import json
import os
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "bench")]
from orrery_server import Server  # noqa: E402
from peers.slurm import Slurm, SlurmIsMissing  # noqa: E402

ENVIRONMENT = {"environment": {"PATH": "/usr/bin:/bin"}}
JOB = {**ENVIRONMENT, "gres": "gpu:a100:1", "time_limit": 10, "begin_time": "2099-01-01", "current_working_directory": "/tmp"}
#: What a submission may say wrongly, besides what is right.
WRONG = [
    {"nonsense": 1}, {"required_nodes": ["a1"]}, {"excluded_nodes": "a1"}, {"time_limit": "abc"}, {"time_limit": [1]},
    {"gres": "foo:1"}, {"nodes": "x"}, {"nodes": [0]}, {"nodes": [1, 2, 3]}, {"mail_type": "XX"},
    {"mail_type": ["BEGIN"]}, {"signal": "XX"}, {"exclusive": "XX"}, {"tasks": 0}, {"tasks": -1}, {"nice": 99999999999},
    {"nice": "x"}, {"open_mode": "bogus"}, {"memory_per_node": "abc"}, {"memory_per_cpu": "abc"}, {"gpus": "abc:x"},
    {"gres": "gpu:a100:x"}, {"gpus_per_node": "x:y:z"}, {"cpus_per_task": "x"}, {"cpus_per_task": 0}, {"priority": "x"},
    {"time_minimum": "x"}, {"begin_time": "XX"}, {"environment": ["A=1"]}, {"environment": {}}]
#: What both refuse once it can be read.
REFUSED = [{"partition": "nope"}, {"dependency": "bogus"}, {"array": "x"}, {"array": "0-99999"}, {"constraints": "XX"},
           {"reservation": "XX"}, {"nodelist": "zzz"}, {"exclude_nodes": "zzz"}]


class Face:
    """One of the two, over one connection a request: slurmrestd closes it after errors."""

    def __init__(self, address, headers):
        self.address = address
        self.headers = {**headers, "Content-Type": "application/json"}

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        connection.request(method, f"/slurm/v0.0.38{path}", None if body is None else json.dumps(body), self.headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def submit(self, **words):
        return self.ask("POST", "/job/submit", {"script": "#!/bin/sh\ntrue\n", "job": {**JOB, **words}})


def numbers(errors):
    return [(error.get("error_code"), error.get("error_number"), error.get("error")) for error in errors]


class SlurmWords(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp())
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.slurm = Slurm(cls.folder / "slurm")
        cls.addClassCleanup(cls.slurm.stop)
        cls.slurm.start()
        cls.server = Server(os.environ["ORRERY"], cls.folder / "data")
        cls.server.start()
        cls.addClassCleanup(cls.server.kill)
        cls.real = Face(("127.0.0.1", cls.slurm.port), {"X-SLURM-USER-NAME": "root", "X-SLURM-USER-TOKEN": cls.slurm.token})
        user = cls.server.credentials["aicenter"]
        cls.ours = Face(cls.server.address, {"X-SLURM-USER-NAME": user["user"], "X-SLURM-USER-TOKEN": user["token"]})

    def test_wrong_words_are_refused_alike(self):
        for words in WRONG:
            with self.subTest(words=words):
                self.assertEqual(self.in_common(self.ours.submit(**words)), self.in_common(self.real.submit(**words)))

    def test_refusals_have_the_same_numbers(self):
        for words in REFUSED:
            with self.subTest(words=words):
                ours, real = self.ours.submit(**words), self.real.submit(**words)
                self.assertEqual((ours[0], numbers(ours[1]["errors"])), (real[0], numbers(real[1]["errors"])))

    def test_the_same_keys_are_known(self):
        source = (ROOT / "http/aicenter/jobs/rest_keys.cpp").read_text(encoding="utf-8")
        names = set(re.findall(r'RestKey{"(\w+)"', source)) | {"script", "jobs", "job", "nonsense", "tres_per_node", "user_name"}
        for name in sorted(names - {"environment", "argv"}):
            with self.subTest(key=name):
                # The last key is always refused, so nothing is submitted.
                words = {"environment": {"A": "b"}, name: "1", "zzz": 1}
                said = [face.ask("POST", "/job/submit", {"script": "#!/bin/sh", "job": words})[1]["errors"][0].get("description", "")
                        for face in (self.ours, self.real)]
                kinds = [re.match(r"(Unknown key \"zzz\"|Unknown|Disabled|)", text).group() for text in said]
                # What can't be had here is refused as a value, where the real one takes it.
                if kinds[0] not in ("Unknown", "Disabled") and kinds[1] not in ("Unknown", "Disabled"):
                    continue
                self.assertEqual(kinds[0], kinds[1], said)

    def test_a_job_has_the_same_keys_in_the_same_order(self):
        shown = []
        for face in (self.ours, self.real):
            status, answer = face.submit(hold=True, name="same", comment="c", nice=3)
            self.assertEqual(status, 200, answer)
            self.assertEqual(numbers(answer["errors"]), [(2042, None, "Job is in held state, pending scheduler release")])
            job = face.ask("GET", f"/job/{answer['job_id']}")[1]["jobs"][0]
            shown.append(job)
            self.assertEqual(face.ask("DELETE", f"/job/{answer['job_id']}")[0], 200)
        self.assertEqual(list(shown[0]), list(shown[1]))
        for key in ("name", "comment", "nice", "job_state", "state_reason", "time_limit", "tasks", "cpus", "node_count",
                    "tres_per_node", "requeue", "priority", "exit_code", "flags", "batch_flag", "array_task_id"):
            self.assertEqual(shown[0][key], shown[1][key], key)

    def test_jobs_that_are_not_there(self):
        for method, path in (("GET", "/job/4000000"), ("GET", "/job/abc"), ("GET", "/job/0"), ("DELETE", "/job/4000000"),
                             ("DELETE", "/job/abc"), ("DELETE", "/job/4000000?signal=15"), ("GET", "/nope"), ("DELETE", "/jobs"),
                             ("GET", "/job/submit"), ("GET", "/jobs?update_time=abc"), ("GET", "/jobs?update_time=9999999999")):
            with self.subTest(path=path):
                self.assertEqual(self.ours.ask(method, path), self.real.ask(method, path))

    def test_without_credentials(self):
        for headers in ({}, {"X-SLURM-USER-NAME": "root"}):
            with self.subTest(headers=headers):
                self.assertEqual(Face(self.ours.address, headers).ask("GET", "/jobs"),
                                 Face(self.real.address, headers).ask("GET", "/jobs"))

    @staticmethod
    def in_common(answer):
        status, body = answer
        return status, body["errors"] if isinstance(body, dict) else body


if __name__ == "__main__":
    try:
        with tempfile.TemporaryDirectory() as probe:
            Slurm(Path(probe) / "slurm")
    except (SlurmIsMissing, OSError) as missing:
        print(f"skipped: {missing}")
        sys.exit(77)
    unittest.main()
