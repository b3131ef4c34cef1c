#!/usr/bin/env python3
"""A real Slurm under the APIs: services, the center's jobs and instances run as its jobs, and what happens to it is seen.

Skipped without a Slurm (scripts/install-slurm) or root; the real model's part without npm's packages or the model."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from slurm_case import BINARY, SlurmCase, main, script  # noqa: E402
from slurm_cluster import SERVER_PORT_OFFSET  # noqa: E402
from waiting import await_true  # noqa: E402

PACKAGES = Path(os.environ.get("TEST_LLAMACPP", ROOT / "build" / "node"))
MODEL = Path(os.environ.get("TEST_MODEL", ROOT.parent / "shared" / "model" / "tiny-kjv.gguf"))
#: How long slurmctld is away, in seconds: longer than any of Slurm's own patience.
AWAY_S = 60
#: Says which signals it hears, and goes on.
LISTENER = """
import signal, time
for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    signal.signal(each, lambda number, _: print("heard", signal.Signals(number).name[3:]))
print("ready")
while True: time.sleep(0.1)
"""


class SlurmDriver(SlurmCase):
    def foreign_gpus(self, name):
        """What Orrery has learned of others' use of the node."""
        nodes = [node for cluster in self.server.operator("/slurm")["items"] for node in cluster["nodes"] if node["name"] == name]
        return nodes[0]["foreign_use"]["gpu_count"] if nodes and nodes[0]["foreign_use"] else 0

    def stopped(self, job):
        """Processes of the job that stand still."""
        pids = [pid for pid, run in self.server.processes().items() if run.startswith(f"job-{job}.")]
        return [pid for pid in pids if "\nState:\tT" in Path(f"/proc/{pid}/status").read_text()]

    def test_a_service_runs_as_a_job_until_it_is_stopped(self):
        service = self.running_service(environment={"GREETING": "from the node"})
        self.assertEqual([state for _, state in self.in_slurm(f"{service}.").values()], ["RUNNING"])
        self.assertIn("greeting from the node", self.server.service_logs(service))
        self.server.kill()  # It serves on, and is found again.
        self.server.serve()
        self.assertEqual(self.server.service_status(service), "running")
        self.assertEqual(self.ask(service), "from the node")
        self.end_service(service)
        await_true(lambda: not [run for run in self.server.processes().values() if run.startswith(service)], "processes to be gone")

    def test_what_runs_is_read_while_it_writes(self):
        service = self.running_service()
        for path in ("/first", "/second"):
            self.ask(service, path)
            await_true(lambda: f"asked for {path}\n" in self.server.service_logs(service), f"{path} in the logs")
            self.assertEqual(self.server.service_status(service), "running")
        self.end_service(service)
        gate = self.folder / "gate"
        job, _ = self.running_job(f"echo one; while ! [ -e {gate} ]; do sleep 0.1; done; echo two")
        await_true(lambda: self.written(job) == "one\n", "the first line of the script")
        self.assertEqual(self.server.job(job)["job_state"], "RUNNING")
        gate.touch()
        self.server.await_job(job, "COMPLETED")
        self.assertEqual(self.written(job), "one\ntwo\n")

    @unittest.skipUnless((PACKAGES / "node_modules" / "node-llama-cpp").is_dir() and MODEL.is_file() and shutil.which("node"),
                         "no packages of npm, or no model: see scripts/install-llamacpp")
    def test_a_real_model_answers_a_prompt(self):
        subprocess.run([BINARY, "recipe", "export", str(self.folder / "shipped")], check=True, capture_output=True)
        shutil.copytree(self.folder / "shipped" / "inference", self.server.recipes / "inference")
        shutil.copy(MODEL, self.server.recipes / "inference" / "model.gguf")
        (self.server.recipes / "node_modules").symlink_to(PACKAGES / "node_modules")
        service = self.server.create_service("inference/llamacpp")
        self.server.await_service(service, "running", timeout_s=180)
        status, answer = self.server.call("POST", f"/api/v1/vllm/{service}/prompt", {"prompt": "In the beginning", "max_tokens": 12})
        self.assertEqual((status, answer["success"]), (200, True), answer)
        self.assertTrue(answer["response"].strip())
        self.end_service(service)

    def test_a_script_of_the_center_runs_with_its_gpus_and_is_accounted(self):
        job = self.server.submit(script('echo "gpus $CUDA_VISIBLE_DEVICES job $SLURM_JOB_ID"; exit 3'))
        ended = self.server.await_job(job, "FAILED")
        self.assertEqual(ended["exit_code"] >> 8 or ended["exit_code"], 3)
        self.assertRegex(self.written(job), rf"gpus \d,\d job {job}\n")
        self.await_gone(f"job-{job}.")

    def test_a_script_is_cancelled(self):
        job, _ = self.running_job("sleep 600")
        self.cancel(job)

    def test_signals_of_a_jobs_user_reach_its_work_which_goes_on(self):
        job, _ = self.running_job(f"exec python3 -u -c '{LISTENER}'")
        await_true(lambda: "ready" in self.written(job), "the job to listen")
        for name in ("TERM", "HUP", "USR1"):
            self.server.run_orrery("scancel", "-s", name, str(job))
            await_true(lambda: f"heard {name}\n" in self.written(job), f"SIG{name} to be heard", lambda: self.written(job))
        self.server.run_orrery("scancel", "-s", "STOP", str(job))
        await_true(lambda: self.stopped(job), "the job to stand still")
        self.server.run_orrery("scancel", "-s", "CONT", str(job))
        await_true(lambda: not self.stopped(job), "the job to go on")
        self.assertEqual(self.server.job(job)["job_state"], "RUNNING")
        self.assertEqual(self.written(job).count("heard"), 3)
        self.cancel(job)

    def test_drains_and_nodes_that_are_down_are_seen(self):
        def cordons():
            return [each for each in self.server.operator("/nodes/slurm-c4")["cordons"] if each["owner"] == "slurm"]

        self.cluster.say("scontrol", "update", "nodename=c4", "state=drain", "reason=a fan")
        await_true(cordons, "the drain to be seen")
        self.assertIn("a fan", json.dumps(cordons()))
        self.cluster.say("scontrol", "update", "nodename=c4", "state=resume")
        await_true(lambda: not cordons(), "the drain's end to be seen")
        self.cluster.say("scontrol", "update", "nodename=c4", "state=down", "reason=a flood")
        await_true(lambda: "slurm-c4" not in self.server.nodes() or cordons(), "the loss to be seen")
        self.cluster.say("scontrol", "update", "nodename=c4", "state=resume")
        await_true(lambda: "slurm-c4" in self.server.nodes() and not cordons(), "the node's return to be seen")

    def test_what_others_use_is_not_given_to_ours(self):
        foreign = self.cluster.say("sbatch", "--parsable", "--gres=gpu:a40:8", "-w", "b1", "-o", "/dev/null", "-D", "/tmp",
                                   text="#!/bin/sh\nsleep 600\n").strip()
        try:
            await_true(lambda: self.foreign_gpus("b1") == 8, "the job of others to be seen")
            job = self.server.submit(script("true", gpus="a40:1"), "-w", "slurm-b1")
            await_true(lambda: self.server.job(job)["state_reason"] not in ("", "None"), "a reason why the job waits")
            self.assertEqual(self.server.job(job)["job_state"], "PENDING")
        finally:
            self.cluster.say("scancel", foreign)
        self.server.await_job(job, "COMPLETED")

    def test_while_slurmctld_is_away_work_is_taken_and_runs_later(self):
        before = self.running_service(environment={"GREETING": "still here"})
        self.cluster.kill("slurmctld", signal.SIGTERM)  # It saves first; what it loses otherwise is kill_slurm.py's.
        try:
            service = self.server.create_service("test/server")
            job = self.server.submit(script("echo later"))
            gone = self.server.submit(script("echo never"))
            self.server.run_orrery("scancel", str(gone))
            back = time.monotonic() + AWAY_S
            while time.monotonic() < back:
                self.assertIn(self.server.service_status(service), ("pending", "building", "starting"))
                self.assertIn(self.server.job(job)["job_state"], ("PENDING", "CONFIGURING", "RUNNING"))
                self.assertEqual((self.server.service_status(before), self.ask(before)), ("running", "still here"))
                time.sleep(0.5)
            self.assertFalse((self.server.home() / f"train-{job}.out").exists())
        finally:
            self.cluster.start("slurmctld")
        self.server.await_job(job, "COMPLETED")
        self.assertEqual(self.written(job), "later\n")
        self.server.await_job(gone, "CANCELLED")
        self.server.await_service(service, "running")
        for each in (before, service):
            self.end_service(each)
        self.assertFalse((self.server.home() / f"train-{gone}.out").exists())

    def test_the_doctor_examines_slurm(self):
        def doctor(*more, configuration=self.cluster.configuration):
            return subprocess.run([BINARY, "doctor", "--data", str(self.folder / "other"), "--listen", f"127.0.0.1:{self.cluster.port + SERVER_PORT_OFFSET + 1}",
                                   "--driver-slurm-enabled", "--driver-slurm-slurm-conf", str(configuration), *more],
                                  capture_output=True, text=True, timeout=120, env=self.server.environment)

        self.cluster.await_nodes()  # All of them, whatever became of one in another test.
        said = doctor()
        self.assertEqual(said.returncode, 0, said.stdout)
        for line in (r"ok +slurm programs +slurm-wlm \d+", rf"ok +slurm controller +{self.cluster.name} \d+",
                     r"ok +slurm partitions +all partitions: 11 of 11 nodes take work, 56 GPUs",
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
        elsewhere.write_text(self.cluster.configuration.read_text().replace(f"SlurmctldPort={self.cluster.port}", "SlurmctldPort=9"))
        away = doctor("--driver-slurm-deadline", "15", configuration=elsewhere)
        self.assertRegex(away.stdout, r"FAIL +slurm controller +.*does slurmctld run")


if __name__ == "__main__":
    main()
