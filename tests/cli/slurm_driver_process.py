#!/usr/bin/env python3
"""A real Slurm under the APIs: services, the center's jobs and instances run as its jobs, and what happens to it is seen.

Skipped without a Slurm (scripts/install-slurm) or root; the real model's part without npm's packages or the model."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from neolink_client import NeolinkClient  # noqa: E402
from slurm_cluster import SlurmCluster, absent  # noqa: E402
from slurm_server import SlurmServer  # noqa: E402

BINARY = os.environ["ORRERY"]
PORT = int(os.environ.get("TEST_SLURM_PORT", "11000"))
PACKAGES = Path(os.environ.get("TEST_LLAMACPP", ROOT / "build" / "node"))
MODEL = Path(os.environ.get("TEST_MODEL", ROOT.parent / "shared" / "model" / "tiny-kjv.gguf"))
#: How long slurmctld is away, in seconds: longer than any of Slurm's own patience.
AWAY_S = float(os.environ.get("TEST_SLURM_AWAY_S", "12"))

RECIPE = """\
name: server
description: for a test
version: "1"
command: ["python3", "-u", "${RECIPES}/test/server.py"]
ports: [8001]
environment: {GREETING: hello}
resources: {cpu: 1, memory: 256M}
readiness: {path: /, interval_ms: 50, timeout_s: 60}
grace_period_s: 2
"""
SERVER = """
import http.server, os
print("greeting", os.environ["GREETING"], flush=True)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["GREETING"].encode())
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""
SCRIPT = """#!/bin/bash
#SBATCH --job-name=train
#SBATCH --gres=gpu:{gpus}
#SBATCH --time=10
#SBATCH --output=%x-%j.out
{lines}
"""


def script(lines, gpus="a100:2"):
    return SCRIPT.format(lines=lines, gpus=gpus)


class SlurmDriver(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-slurm-"))
        cls.cluster = SlurmCluster(cls.folder / "slurm", PORT)
        try:
            cls.cluster.up()
            cls.server = SlurmServer(BINARY, cls.folder, cls.cluster, PORT + 300)
            (cls.server.recipes / "test").mkdir()
            (cls.server.recipes / "test" / "server.yaml").write_text(RECIPE)
            (cls.server.recipes / "test" / "server.py").write_text(SERVER)
            cls.server.serve()
        except BaseException:
            cls.end()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.end()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def end(cls):
        if (server := getattr(cls, "server", None)) and server.process and server.process.poll() is None:
            server.kill()
        cls.cluster.down()

    def await_true(self, condition, what, timeout=60):
        deadline = time.monotonic() + timeout
        while not (found := condition()):
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)
        return found

    def in_slurm(self, prefix=""):
        """Jobs of ours that Slurm has and that haven't ended, by name."""
        over = ("COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY")
        return {name: state for name, (_, state) in self.cluster.jobs().items() if name.startswith(prefix) and state not in over}

    def await_gone(self, prefix):
        self.await_true(lambda: not self.in_slurm(prefix), f"jobs {prefix}* stay in Slurm")

    def foreign_gpus(self, name):
        """What Orrery has learned of others' use of the node."""
        nodes = [node for cluster in self.server.operator("/slurm")["items"] for node in cluster["nodes"] if node["name"] == name]
        return nodes[0]["foreign_use"]["gpu_count"] if nodes and nodes[0]["foreign_use"] else 0

    def ask(self, service):
        """What the service itself answers, where it runs."""
        address = self.server.operator(f"/services/{service}")["address"]
        connection = http.client.HTTPConnection(address["host"], address["port"], timeout=10)
        connection.request("GET", "/")
        return connection.getresponse().read().decode()

    def test_a_service_runs_as_a_job_until_it_is_stopped(self):
        service = self.server.create_service("test/server", environment={"GREETING": "from the node"})
        self.server.await_service(service, "running")
        self.assertEqual(list(self.in_slurm(f"{service}.").values()), ["RUNNING"])
        self.assertIn("greeting from the node", self.server.call("GET", f"/api/v1/services/{service}/logs")[1]["logs"])
        self.server.kill()  # It serves on, and is found again.
        self.server.serve()
        self.assertEqual(self.server.service_status(service), "running")
        self.assertEqual(self.ask(service), "from the node")
        self.assertEqual(self.server.call("DELETE", f"/api/v1/services/{service}")[0], 200)
        self.server.await_service(service, "cancelled")
        self.await_gone(f"{service}.")
        self.await_true(lambda: not [run for run in self.server.processes().values() if run.startswith(service)], "processes stay")

    def test_a_service_whose_job_is_cancelled_by_others_has_failed(self):
        service = self.server.create_service("test/server")
        self.server.await_service(service, "running")
        job = next(number for name, (number, _) in self.cluster.jobs().items() if name.startswith(f"{service}."))
        self.cluster.say("scancel", str(job))
        self.server.await_service(service, "failed", "cancelled")

    @unittest.skipUnless((PACKAGES / "node_modules" / "node-llama-cpp").is_dir() and MODEL.is_file() and shutil.which("node"),
                         "no packages of npm, or no model: see scripts/install-llamacpp")
    def test_a_real_model_answers_a_prompt(self):
        subprocess.run([BINARY, "recipe", "export", str(self.folder / "shipped")], check=True, capture_output=True)
        shutil.copytree(self.folder / "shipped" / "inference", self.server.recipes / "inference")
        shutil.copy(MODEL, self.server.recipes / "inference" / "model.gguf")
        (self.server.recipes / "node_modules").symlink_to(PACKAGES / "node_modules")
        service = self.server.create_service("inference/llamacpp")
        self.server.await_service(service, "running", timeout=180)
        status, answer = self.server.call("POST", f"/api/v1/vllm/{service}/prompt", {"prompt": "In the beginning", "max_tokens": 12})
        self.assertEqual((status, answer["success"]), (200, True), answer)
        self.assertTrue(answer["response"].strip())
        self.server.call("DELETE", f"/api/v1/services/{service}")
        self.server.await_service(service, "cancelled")

    def test_a_script_of_the_center_runs_with_its_gpus_and_is_accounted(self):
        job = self.server.submit(script('echo "gpus $CUDA_VISIBLE_DEVICES job $SLURM_JOB_ID"; exit 3'))
        ended = self.server.await_job(job, "FAILED")
        self.assertEqual(ended["exit_code"] >> 8 or ended["exit_code"], 3)
        written = (self.server.home() / f"train-{job}.out").read_text()
        self.assertRegex(written, rf"gpus \d,\d job {job}\n")
        self.await_gone(f"job-{job}.")

    def test_a_script_is_cancelled(self):
        job = self.server.submit(script("sleep 600"))
        self.server.await_job(job, "RUNNING")
        self.await_true(lambda: "RUNNING" in self.in_slurm(f"job-{job}.").values(), "it doesn't run in Slurm")
        self.server.run_orrery("scancel", str(job))
        self.server.await_job(job, "CANCELLED")
        self.await_gone(f"job-{job}.")

    def test_a_job_whose_slurm_job_is_killed_ends(self):
        job = self.server.submit(script("sleep 600", gpus="a40:1"))
        self.server.await_job(job, "RUNNING")
        number = self.await_true(lambda: next((number for name, (number, state) in self.cluster.jobs().items()
                                               if name.startswith(f"job-{job}.") and state == "RUNNING"), None), "no job in Slurm")
        self.cluster.say("scancel", "--full", "--signal=KILL", str(number))
        self.server.await_job(job, "FAILED", "CANCELLED", "NODE_FAIL", "PENDING")
        self.server.run_orrery("scancel", str(job), check=False)
        self.await_gone(f"job-{job}.")

    def test_an_instance_is_switched_off_and_on(self):
        with NeolinkClient(self.server, cluster="slurm") as client:
            def status():
                code, answer = client.one(name)
                return answer["status"] if code == 200 else None

            code, answer = client.create()
            self.assertEqual(code, 200, answer)
            name = answer["name"]
            self.await_true(lambda: status() == "Running", "the instance doesn't run")
            first = set(self.in_slurm())
            self.assertEqual(client.power_off(name), (200, "ok"))
            self.await_true(lambda: status() == "Shutdown", "the instance isn't shut down")
            self.await_true(lambda: not first & set(self.in_slurm()), "its job stays in Slurm")
            self.assertEqual(client.power_on(name), (200, "ok"))
            self.await_true(lambda: status() == "Running", "the instance doesn't run again")
            self.assertEqual(client.delete(name), (200, "ok"))
            self.await_true(lambda: status() is None, "the instance stays")
        self.await_gone("")

    def test_drains_and_nodes_that_are_down_are_seen(self):
        def cordons():
            return [each for each in self.server.operator("/nodes/slurm-c4")["cordons"] if each["owner"] == "slurm"]

        self.cluster.say("scontrol", "update", "nodename=c4", "state=drain", "reason=a fan")
        self.await_true(cordons, "the drain isn't seen")
        self.assertIn("a fan", json.dumps(cordons()))
        self.cluster.say("scontrol", "update", "nodename=c4", "state=resume")
        self.await_true(lambda: not cordons(), "the drain's end isn't seen")
        self.cluster.say("scontrol", "update", "nodename=c4", "state=down", "reason=a flood")
        self.await_true(lambda: "slurm-c4" not in self.server.nodes() or cordons(), "the loss isn't seen")
        self.cluster.say("scontrol", "update", "nodename=c4", "state=resume")
        self.await_true(lambda: "slurm-c4" in self.server.nodes() and not cordons(), "the node's return isn't seen")

    def test_what_others_use_is_not_given_to_ours(self):
        foreign = self.cluster.say("sbatch", "--parsable", "--gres=gpu:a40:8", "-w", "b1", "-o", "/dev/null", "-D", "/tmp",
                                   text="#!/bin/sh\nsleep 600\n").strip()
        try:
            self.await_true(lambda: self.foreign_gpus("b1") == 8, "the job of others isn't seen")
            job = self.server.submit(script("true", gpus="a40:1"), "-w", "slurm-b1")
            self.await_true(lambda: self.server.job(job)["state_reason"] not in ("", "None"), "nothing is said of the job")
            self.assertEqual(self.server.job(job)["job_state"], "PENDING")
        finally:
            self.cluster.say("scancel", foreign)
        self.server.await_job(job, "COMPLETED")

    def test_while_slurmctld_is_away_work_is_taken_and_runs_later(self):
        self.cluster.kill("slurmctld")
        try:
            service = self.server.create_service("test/server")
            job = self.server.submit(script("echo later"))
            deadline = time.monotonic() + AWAY_S
            while time.monotonic() < deadline:
                self.assertIn(self.server.service_status(service), ("pending", "building", "starting"))
                self.assertIn(self.server.job(job)["job_state"], ("PENDING", "CONFIGURING", "RUNNING"))
                time.sleep(0.5)
            self.assertFalse((self.server.home() / f"train-{job}.out").exists())
        finally:
            self.cluster.start("slurmctld")
        self.server.await_job(job, "COMPLETED")
        self.assertEqual((self.server.home() / f"train-{job}.out").read_text(), "later\n")
        self.server.await_service(service, "running")
        self.server.call("DELETE", f"/api/v1/services/{service}")
        self.server.await_service(service, "cancelled")

    def test_the_doctor_examines_slurm(self):
        def doctor(*more, configuration=self.cluster.configuration):
            return subprocess.run([BINARY, "doctor", "--data", str(self.folder / "other"), "--listen", f"127.0.0.1:{PORT + 299}",
                                   "--driver-slurm-enabled", "--driver-slurm-slurm-conf", str(configuration), *more],
                                  capture_output=True, text=True, timeout=120, env=self.server.environment)

        said = doctor()
        self.assertEqual(said.returncode, 0, said.stdout)
        for line in (r"ok +slurm programs +slurm-wlm \d+", rf"ok +slurm controller +{self.cluster.name} \d+",
                     r"ok +slurm partitions +all partitions: 1[01] of 11 nodes take work, 56 GPUs|warn +slurm partitions",
                     r"ok +slurm rights +root may submit", r"ok +slurm save interval", r"ok +slurm KillWait +5 s",
                     r"ok +slurm directory", r"ok +slurm program", r"ok +slurm server-url"):
            self.assertRegex(said.stdout, line)
        broken = doctor("--driver-slurm-partition", "nowhere")
        self.assertEqual(broken.returncode, 1)
        self.assertRegex(broken.stdout, r"FAIL +slurm partitions +partition nowhere: no nodes")
        self.assertRegex(broken.stdout, r"FAIL +slurm rights +root may not submit: .*artition")
        self.assertRegex(doctor("--driver-slurm-save-interval", "2").stdout, r"warn +slurm save interval")
        self.assertRegex(doctor("--driver-slurm-program", "/no/such").stdout, r"FAIL +slurm program +/no/such can't be run")
        elsewhere = self.folder / "nobody.conf"
        elsewhere.write_text(self.cluster.configuration.read_text().replace(f"SlurmctldPort={PORT}", "SlurmctldPort=9"))
        away = doctor("--driver-slurm-deadline", "15", configuration=elsewhere)
        self.assertRegex(away.stdout, r"FAIL +slurm controller +.*does slurmctld run")


if __name__ == "__main__":
    if problem := absent():
        print(problem)
        sys.exit(77)
    unittest.main()
