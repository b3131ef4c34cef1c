#!/usr/bin/env python3
"""?as_of= over a real server: whatever any GET of any API has shown is shown again as of then.

Nothing here knows what an answer should be: each is recorded live, at a position at which nothing else happened, and
asked for again once everything has changed, been deleted, and the server restarted."""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from neolink_client import NeolinkClient  # noqa: E402
from orrery_server import Server  # noqa: E402

BINARY = os.environ["ORRERY"]
DIALECTS = ("mkinf", "crusoe", "neolink", "aifactory", "gpushare", "aicenter", "native")
SCRIPT = "#!/bin/bash\n#SBATCH --gres=gpu:a100:1\n#ORRERY --run-time=5m\npython train.py\n"
# What depends on more than the log and the time of its last event: seconds since then, the priorities and starts that
# the scheduler forecasts, the start of the process.
CLOCKED = re.compile(r"/usage|/quota|/bill$|/diag$|/queue$|/why$")
CLOCKED_MEMBERS = re.compile(
    r'"(priority|last_busy|elapsed|end|boot_time|slurmd_start_time|start_time|end_time|time_start)":\d+'
    r'|"last_seen_at":(null|"[^"]*")')


class Asker:
    """Asks each API as somebody who sees something there."""

    def __init__(self, server):
        self.server = server
        self.credentials = server.credentials
        self.connection = http.client.HTTPConnection(*server.address, timeout=60)

    def headers_of(self, path):
        known = self.credentials
        if path.startswith(("/v0.1", "/v1alpha5")):
            return {"Authorization": f"Bearer {known['mkinf']['access_key']}"}
        if path.startswith("/mdc"):
            return {"Authorization": f"bearer {known['neolink']['token']}", "namespace": known["neolink"]["user_id"]}
        if path.startswith("/slurm"):
            return {"X-SLURM-USER-NAME": known["aicenter"]["user"], "X-SLURM-USER-TOKEN": known["aicenter"]["token"]}
        if path.startswith("/orrery/v1/center"):
            return {"Authorization": f"Bearer {known['aicenter']['admin_token']}"}
        if path.startswith("/orrery"):
            return {"Authorization": f"Bearer {known['orrery']['operator_key']}"}
        if path.startswith(("/client", "/gpu", "/inference", "/llm_models")):
            return {"Authorization": f"Token {known['gpushare']['token']}"}
        if "/kittens" in path:
            return {"Authorization": "meowmeowmeow"}
        return {}

    def ask(self, method, path, body=None, headers=None):
        sent = {**self.headers_of(path), **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        self.connection.request(method, path, body, sent)
        try:
            answer = self.connection.getresponse()
        except http.client.HTTPException as failure:
            raise AssertionError(f"{method} {path}: {failure}; exit code {self.server.process.poll()}") from failure
        return answer.status, dict(answer.getheaders()), answer.read().decode()

    def json(self, method, path, body=None):
        status, _, text = self.ask(method, path, body)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {text}")
        return json.loads(text) if text else None

    def applied(self):
        return self.json("GET", "/readyz")["views_applied"]


def routes_of(asker):
    """(pattern, whether it has a past) of every GET in the documents."""
    for dialect in DIALECTS:
        document = asker.json("GET", f"/openapi/{dialect}.json")
        for pattern, item in document["paths"].items():
            if "get" in item:
                names = [parameter.get("$ref", "") for parameter in item["get"].get("parameters", [])]
                yield pattern, any(name.endswith("/as_of") for name in names)


class AsOf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-as-of-"))
        cls.server = Server(BINARY, cls.folder / "data", "--time-scale", "200", "--snapshots-every-events", "1000")
        cls.addClassCleanup(cls.clean_up)
        cls.server.start()
        cls.asker = Asker(cls.server)
        cls.memories = []
        cls.ids = {}
        cls.live()

    @classmethod
    def clean_up(cls):
        if cls.server.process and cls.server.process.poll() is None:
            cls.server.kill()
        shutil.rmtree(cls.folder)

    @classmethod
    def targets(cls):
        """Each pattern with every known id of its placeholders."""
        for pattern, has_past in routes_of(cls.asker):
            if not has_past:
                continue
            paths = [pattern]
            for name in re.findall(r"{([^}]+)}", pattern):
                paths = [path.replace("{" + name + "}", urllib.parse.quote(value))
                         for path in paths for value in cls.known(pattern, name)]
            yield from paths
        yield from ("/api/kittens", "/api/kittens/1", "/api/kittens/2")

    @classmethod
    def known(cls, pattern, name):
        for prefix, values in cls.ids.items():
            kind, _, where = prefix.partition("@")
            if kind == name and where in pattern:
                return values
        return []

    @classmethod
    def know(cls, name, value):
        values = cls.ids.setdefault(name, [])
        if str(value) not in values:
            values.append(str(value))

    @classmethod
    def remember(cls):
        """Asks for everything; what came while something happened is not remembered."""
        for target in cls.targets():
            for _ in range(20):
                before = cls.asker.applied()
                status, headers, body = cls.asker.ask("GET", target)
                if cls.asker.applied() == before:
                    cls.memories.append((before, target, status, headers.get("ETag"), body))
                    break

    @classmethod
    def wait_for(cls, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain until {what}")
            threading.Event().wait(0.02)

    @classmethod
    def live(cls):
        ask, known = cls.asker.json, cls.server.credentials
        project = known["mkinf"]["project_id"]
        cls.know("project_id@", project)
        cls.know("organization_id@", known["mkinf"]["organization_id"])
        cls.know("cluster@/mdc", "host-cluster")
        cls.know("namespace_id@", known["neolink"]["user_id"])
        cls.know("id@/client/", known["gpushare"]["user_id"])
        for name in ("kim", "choi", "lee", "nobody"):
            for kind in ("user@", "user_name@"):
                cls.know(kind, name)
        cls.know("team@", "nlp-lab")
        cls.know("account_name@", "nlp-lab")
        for node in ask("GET", "/orrery/v1/nodes?limit=3")["items"]:
            cls.know("node_id@", node["id"])
        for node in ask("GET", "/slurm/v0.0.38/nodes")["nodes"][:2]:
            cls.know("node_name@", node["name"])
        for partition in ask("GET", "/slurm/v0.0.38/partitions")["partitions"]:
            cls.know("partition_name@", partition["name"])
        cls.remember()

        # Everything comes …
        vms = f"/v0.1/projects/{project}/vms"
        made = ask("POST", vms, {"name": "one", "type": "l40s-48gb.1x", "location": "us-east1-a",
                                 "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-rsa AAAAB..."})
        vm = made["operation"]["metadata"]["id"]
        cls.know("vm_id@", vm)
        cls.know("operation_id@/vms/", made["operation"]["operation_id"])
        cls.know("operation_id@/compute/vms/", made["operation"]["operation_id"])
        disk = ask("POST", f"/v0.1/projects/{project}/disks",
                   {"name": "data", "type": "persistent-ssd", "size": "10GiB", "location": "us-east1-a"})
        disk = disk["operation"]["metadata"]["id"]
        cls.know("disk_id@", disk)
        for network in ask("GET", f"/v0.1/projects/{project}/vpc/networks")["items"]:
            cls.know("network_id@", network["id"])
        neolink = NeolinkClient(cls.server)
        instance = neolink.create()[1]["name"]
        cls.know("name@/mdc", instance)
        service = ask("POST", "/api/v1/services", {"recipe_name": "inference/vllm"})["id"]
        cls.know("service_id@", service)
        question = ask("POST", "/inference/", {"client": known["gpushare"]["user_id"], "question_text": "Why?",
                                               "desired_model": "orrery-demo"})
        cls.know("id@/inference/", question["id"])
        job = ask("POST", "/slurm/v0.0.38/job/submit", {"script": SCRIPT, "job": {
            "name": "train", "time_limit": 60, "current_working_directory": "/",
            "environment": {"PATH": "/usr/bin:/bin"}}})["job_id"]
        cls.know("job_id@", job)
        cls.remember()
        cls.wait_for("the VM runs", lambda: ask("GET", f"{vms}/{vm}")["state"] == "STATE_RUNNING")
        cls.wait_for("the service runs", lambda: ask("GET", f"/api/v1/services/{service}")["status"] == "running")
        cls.remember()

        # … changes …
        ask("POST", f"{vms}/{vm}/attach-disks",
            {"attach_disks": [{"disk_id": disk, "mode": "read-write", "attachment_type": "data"}]})
        cls.wait_for("the disk is attached", lambda: len(ask("GET", f"{vms}/{vm}")["disks"]) == 2)
        node = cls.ids["node_id@"][0]
        ask("POST", f"/orrery/v1/nodes/{node}/cordon", {"reason": "maintenance"})
        ask("PATCH", f"/orrery/v1/projects/{project}", {"name": "renamed"})
        neolink.power_off(instance)
        cls.remember()

        # … and goes.
        ask("DELETE", f"{vms}/{vm}")
        cls.wait_for("the VM is gone", lambda: cls.asker.ask("GET", f"{vms}/{vm}")[0] == 404)
        ask("DELETE", f"/api/v1/services/{service}")
        cls.asker.ask("DELETE", f"/slurm/v0.0.38/job/{job}")  # It may have ended.
        neolink.delete(instance)
        cls.asker.ask("DELETE", f"/inference/{question['id']}/")
        cls.asker.ask("DELETE", "/api/kittens/1")
        ask("POST", f"/orrery/v1/nodes/{node}/uncordon")
        neolink.close()
        cls.remember()

    def differences(self):
        found = {}
        for position, target, status, etag, body in self.memories:
            if CLOCKED.search(target.partition("?")[0]):
                continue
            again, headers, shown = self.asker.ask("GET", f"{target}?as_of={position}")
            body, shown = CLOCKED_MEMBERS.sub("", body), CLOCKED_MEMBERS.sub("", shown)
            if (again, headers.get("ETag"), shown) != (status, etag, body):
                at = next((i for i, pair in enumerate(zip(body, shown)) if pair[0] != pair[1]), 0)
                part = slice(max(0, at - 200), at + 300)
                found.setdefault(target, f"{target} as of {position}\n  was {status} {etag} {body[part]}\n"
                                         f"  now {again} {headers.get('ETag')} {shown[part]}")
        return list(found.values())

    def test_1_what_was_shown_is_shown_again(self):
        self.assertGreater(len(self.memories), 300)
        found = self.differences()
        self.assertEqual([], found, "\n".join(found))

    def test_2_routes_without_a_past_say_so(self):
        for pattern, has_past in routes_of(self.asker):
            if has_past or "{" in pattern or pattern in ("/orrery/v1/agent/work",):
                continue
            status, _, body = self.asker.ask("GET", f"{pattern}?as_of=1")
            self.assertEqual(status, 400, f"{pattern}: {body}")
            self.assertIn("without as_of", body, pattern)

    def test_3_no_moment_is_400_in_every_form(self):
        for target in self.targets():
            for moment in ("soon", "999999999"):
                status, _, body = self.asker.ask("GET", f"{target}?as_of={moment}")
                self.assertEqual(status, 400, f"{target}: {body}")

    def test_4_the_past_survives_a_restart(self):
        self.server.stop()
        self.server.start()
        type(self).asker = Asker(self.server)
        found = self.differences()
        self.assertEqual([], found, "\n".join(found))

    def test_5_the_administration_reads_the_past_too(self):
        node = self.ids["node_id@"][0]
        cordoned = [position for position, target, _, _, body in self.memories
                    if target == f"/orrery/v1/nodes/{node}" and "maintenance" in body]
        self.assertTrue(cordoned)

        def show(*more):
            host, port = self.server.address
            shown = subprocess.run(
                [BINARY, "admin", "node", "show", node, "--json", "--url", f"http://{host}:{port}",
                 "--key", self.server.credentials["orrery"]["operator_key"], *more],
                capture_output=True, text=True, timeout=60)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            return shown.stdout

        self.assertNotIn("maintenance", show())
        self.assertIn("maintenance", show("--as-of", str(cordoned[0])))


if __name__ == "__main__":
    unittest.main(verbosity=2)
