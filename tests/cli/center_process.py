#!/usr/bin/env python3
"""Slurm's commands against a real server: what the center's own instructions (docs/center.md) type."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Server  # noqa: E402

BINARY = os.environ["ORRERY"]
SCRIPT = """#!/bin/bash
#SBATCH --job-name=train
#SBATCH --gres=gpu:a100:2
#SBATCH --time=60
#ORRERY --run-time={run_time} --exit-code={exit_code}
python train.py
"""


class CenterProcess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-center-"))
        cls.data = cls.folder / "data"
        cls.server = Server(BINARY, cls.data, "--time-scale", "60", "--dev-nodes", "4")
        cls.server.start()
        cls.links = cls.folder / "bin"
        subprocess.run([BINARY, "center", "links", str(cls.links)], check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        shutil.rmtree(cls.folder)

    def tearDown(self):
        """Leaves the center empty for the next test."""
        self.run_as("admin", "scancel", "--state=PENDING,RUNNING")
        self.await_text("", "squeue", "-h")

    def environment(self, who):
        credentials = self.server.credentials["aicenter"]
        token = credentials["admin_token" if who == "admin" else "token"]
        host, port = self.server.address
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "SLURM_JWT": token, "TZ": "UTC",
                "ORRERY_SERVER": f"http://{host}:{port}"}

    def run_as(self, who, command, *words, text=None):
        return subprocess.run([str(self.links / command), *words], input=text, capture_output=True, text=True,
                              env=self.environment(who), cwd=self.folder, timeout=120)

    def said(self, command, *words, text=None):
        done = self.run_as("kim", command, *words, text=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, command, *words, text=None):
        done = self.run_as("kim", command, *words, text=text)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        return done.stderr

    def center(self, *words, who="admin"):
        done = subprocess.run([BINARY, "center", *words], capture_output=True, text=True, timeout=60,
                              env=self.environment(who), cwd=self.folder)
        return done

    def await_text(self, text, command, *words):
        """Until the command says just that."""
        deadline = time.monotonic() + 60
        while True:
            done = self.run_as("kim", command, *words)
            if done.stdout.strip() == text:
                return
            self.assertLess(time.monotonic(), deadline, done.stdout + done.stderr)
            time.sleep(0.05)

    def submit(self, *words, run_time="1h", exit_code=0):
        text = SCRIPT.format(run_time=run_time, exit_code=exit_code)
        return self.said("sbatch", "--parsable", *words, text=text).strip()

    def test_a_script_runs_and_is_accounted(self):
        said = self.said("sbatch", text=SCRIPT.format(run_time="1m", exit_code=3))
        job = re.fullmatch(r"Submitted batch job (\d+)\n", said).group(1)
        self.await_text("FAILED|3:0", "sacct", "-X", "-n", "-P", "-j", job, "-o", "State,ExitCode")
        shown = self.said("sacct", "-j", job)
        self.assertTrue(shown.startswith("JobID           JobName  Partition    Account  AllocCPUS      State ExitCode \n"
                                         "------------ ---------- ---------- ---------- ---------- ---------- -------- \n"), shown)
        self.assertIn(f"{job}.batch", shown)
        self.assertEqual(self.run_as("kim", "sbatch", "--wait", text=SCRIPT.format(run_time="1m", exit_code=7)).returncode, 7)

    def test_a_running_job_is_shown_as_slurm_shows_it(self):
        job = self.submit("-w", "a100-n3", "--mem=64G", "-c", "16")
        self.await_text(f"{job} R a100-n3 train kim p1 1:00:00", "squeue", "-h", "-o", "%i %t %N %j %u %P %l")
        self.assertRegex(self.said("squeue"), r"^             JOBID PARTITION     NAME     USER ST       TIME  NODES NODELIST\(REASON\)\n"
                                              rf" +{job}        p1    train      kim  R +[\d:]+      1 a100-n3\n$")
        shown = self.said("scontrol", "show", "job", job)
        for part in (f"JobId={job} JobName=train\n", "JobState=RUNNING", "NodeList=a100-n3", "TresPerNode=gres:gpu:a100:2",
                     "MinMemoryNode=64G", "TimeLimit=01:00:00"):
            self.assertIn(part, shown)
        self.assertRegex(self.said("sinfo", "-h", "-p", "p1", "-t", "mixed", "-o", "%t %N"), r"^mix a100-n3\n$")
        self.assertIn("a100-n3", self.said("show-a100"))
        self.assertRegex(self.said("show-a100"), r"a100-n3 +2 +4  mixed")
        self.assertEqual(self.said("scancel", job), "")
        self.await_text("CANCELLED", "sacct", "-X", "-n", "-P", "-j", job, "-o", "State")

    def test_the_rules_refuse_in_slurms_words(self):
        wrap = ("--time=60", "--wrap", "hostname")
        self.assertIn("sbatch: error: Batch job submission failed: ", self.refused("sbatch", "--gres=gpu:a100:6", *wrap))
        self.assertIn("6 GPUs", self.refused("sbatch", "--gres=gpu:a100:6", *wrap))
        self.assertIn("time limit", self.refused("sbatch", "--gres=gpu:a100:1", "--wrap", "hostname").lower())
        self.assertIn("time limit", self.refused("sbatch", "--gres=gpu:a100:1", "--time=8-0", "--wrap", "hostname").lower())
        self.assertIn("sbatch: error: invalid partition specified: p9\nsbatch: error: Batch job submission failed: "
                      "Invalid partition name specified", self.refused("sbatch", "-p", "p9", "--gres=gpu:a100:1", *wrap))
        self.refused("sbatch", "--gres=gpu:a100:1", "--mail-type=ALL", "--mail-user=a@example.org", *wrap)
        self.refused("sbatch", "--gres=gpu:a6000:1", "-c", "7", *wrap)
        self.assertEqual(self.refused("sbatch", "/nowhere.sh"), "sbatch: error: Unable to open file /nowhere.sh\n")
        self.assertEqual(self.refused("sbatch", "--foo"), 'sbatch: unrecognized option \'--foo\'\n'
                                                          'Try "sbatch --help" for more information\n')
        self.assertIn("This does not look like a batch script", self.refused("sbatch", text="echo hi\n"))
        self.assertEqual(self.refused("sbatch", "--time=x", "--wrap", "hi"), "sbatch: error: Invalid --time specification\n")
        self.assertEqual(self.refused("scancel", "999999"),
                         "scancel: error: Kill job error on job id 999999: Invalid job id specified\n")
        self.assertEqual(self.refused("squeue", "-j", "999999"), "slurm_load_jobs error: Invalid job id specified\n")

    def test_an_array_is_one_line_until_its_tasks_run(self):
        job = self.submit("--array=0-7%2", "-J", "sweep", "-w", "a100-n1")
        self.await_text(f"{job}_0 R\n{job}_1 R", "squeue", "-h", "-t", "R", "-S", "i", "-o", "%i %t")
        self.assertEqual(self.said("squeue", "-h", "-t", "PD", "-o", "%i"), f"{job}_[2-7%2]\n")
        self.assertEqual(len(self.said("squeue", "-h", "-r").splitlines()), 8)
        self.said("scancel", f"{job}_[3-4]", f"{job}_7")
        self.assertEqual(self.said("squeue", "-h", "-t", "PD", "-o", "%i"), f"{job}_[2,5-6%2]\n")
        # The first task's id is the array's; what is meant is the task.
        self.said("scancel", "--me", "--state=RUNNING")
        self.await_text(f"{job}_2 R\n{job}_5 R", "squeue", "-h", "-t", "R", "-S", "i", "-o", "%i %t")
        self.said("scancel", job)
        self.await_text("", "squeue", "-h")

    def test_a_waiting_job_is_explained_changed_held_and_released(self):
        for _ in range(8):
            self.submit()
        job = self.submit("-J", "ninth")
        self.await_text("Resources", "squeue", "-h", "-n", "ninth", "-o", "%r")
        why = self.center("why", job, who="kim")
        self.assertEqual(why.returncode, 0, why.stderr)
        self.assertIn(f"Job {job} is PENDING: Resources", why.stdout)
        self.assertIn("a100", why.stdout)
        self.assertIn("Expected start", why.stdout)
        self.said("scontrol", "update", f"JobId={job}", "TimeLimit=30", "JobName=renamed", "Nice=100")
        self.assertEqual(self.said("squeue", "-h", "-j", job, "-o", "%l %j %y"), "30:00 renamed 100\n")
        self.said("scontrol", "hold", job)
        self.await_text("(JobHeldUser)", "squeue", "-h", "-j", job, "-o", "%R")
        self.said("scontrol", "release", job)
        self.said("scancel", "--me", "--state=RUNNING")
        self.await_text("R", "squeue", "-h", "-j", job, "-o", "%t")
        self.said("scontrol", "requeue", job)
        self.await_text("(BeginTime)", "squeue", "-h", "-j", job, "-o", "%R")

    def test_srun_has_gpus_for_as_long_as_its_command_runs(self):
        done = self.run_as("kim", "srun", "--gres=gpu:a40:2", "-p", "p1", "--time=60", "-J", "try", "-w", "sv8ka-n2", "--pty",
                           "sh", "-c", "echo $SLURM_JOB_NODELIST $CUDA_VISIBLE_DEVICES; exit 5")
        self.assertEqual((done.returncode, done.stdout), (5, "sv8ka-n2 0,1\n"), done.stderr)
        self.await_text("", "squeue", "-h")
        self.assertIn("srun: error: execve(): /nowhere", self.refused("srun", "--gres=gpu:a40:1", "--time=60", "/nowhere"))

    def test_who_gives_up_waiting_leaves_nothing_behind(self):
        for _ in range(8):
            self.submit()
        waiting = subprocess.Popen([str(self.links / "srun"), "--gres=gpu:a100:2", "--time=60", "-J", "inpatient", "true"],
                                   env=self.environment("kim"), stderr=subprocess.PIPE, text=True)
        self.assertRegex(waiting.stderr.readline(), r"srun: job \d+ queued and waiting for resources")
        waiting.send_signal(signal.SIGINT)
        self.assertIn("Cancelled pending job", waiting.communicate(timeout=60)[1])
        self.assertEqual(waiting.returncode, 1)
        self.await_text("", "squeue", "-h", "-n", "inpatient")

    def test_the_rules_are_a_file_that_is_changed_while_the_center_runs(self):
        shown = self.center("policy", "show")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        rules = self.folder / "rules.toml"
        rules.write_text(shown.stdout)
        self.assertEqual(self.center("policy", "diff", str(rules)).stdout, "nothing differs\n")
        changed = shown.stdout.replace("gpus_per_job_max = 4", "gpus_per_job_max = 1", 1)
        self.assertNotEqual(changed, shown.stdout)
        rules.write_text(changed)
        diff = self.center("policy", "diff", str(rules)).stdout
        self.assertIn("gpus_per_job_max: 4 → 1\n", diff)
        self.assertEqual(self.center("policy", "apply", str(rules), who="kim").returncode, 1)
        self.assertEqual(self.center("policy", "apply", str(rules)).returncode, 0)
        try:
            self.assertIn("2 GPUs", self.refused("sbatch", text=SCRIPT.format(run_time="1m", exit_code=0)))
        finally:
            rules.write_text(shown.stdout)
            self.assertEqual(self.center("policy", "apply", str(rules)).returncode, 0)
        rules.write_text(shown.stdout.replace("a100-n4", "a100-n9", 1))
        broken = self.center("policy", "check", str(rules))
        self.assertEqual(broken.returncode, 1)
        self.assertRegex(broken.stderr, r"rules\.toml, line \d+: ")

    def test_people_see_which_partition_is_theirs_and_get_tokens(self):
        self.assertEqual(self.said("sacctmgr", "-n", "-P", "show", "assoc", "user=kim", "format=user,account,partition"),
                         "kim|nlp-lab|p1\n")
        self.assertIn("lee", self.said("sacctmgr", "show", "user"))
        minted = self.run_as("admin", "scontrol", "token", "username=park", "lifespan=600")
        self.assertEqual(minted.returncode, 0, minted.stderr)
        token = re.fullmatch(r"SLURM_JWT=(\S+)\n", minted.stdout).group(1)
        environment = {**self.environment("kim"), "SLURM_JWT": token}
        done = subprocess.run([str(self.links / "sbatch"), "--parsable"], input=SCRIPT.format(run_time="1h", exit_code=0),
                              env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.await_text("park p3", "squeue", "-h", "-o", "%u %P")
        self.assertIn("Access/permission denied", self.refused("scancel", done.stdout.strip()))
        self.assertIn("administrator", self.refused("scontrol", "token", "username=park"))

    def test_json_is_the_apis_answer(self):
        job = self.submit()
        jobs = json.loads(self.said("squeue", "--json"))["jobs"]
        self.assertIn((int(job), "train"), [(each["job_id"], each["name"]) for each in jobs])
        self.assertEqual(len(json.loads(self.said("sinfo", "--json"))["nodes"]), 11)

    def test_the_server_is_named_before_the_command_whose_words_are_its_own(self):
        host, port = self.server.address
        environment = {**self.environment("kim"), "ORRERY_SERVER": "http://127.0.0.1:9"}
        command = [str(self.links / "srun"), "--server", f"http://{host}:{port}", "--gres=gpu:a40:1", "--time=60",
                   "echo", "--data", "mine"]
        done = subprocess.run(command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, "--data mine\n"), done.stderr)

    def test_a_token_that_is_none_is_refused(self):
        environment = {**self.environment("kim"), "SLURM_JWT": "nonsense"}
        done = subprocess.run([str(self.links / "squeue")], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("authentication", done.stderr.lower())


if __name__ == "__main__":
    unittest.main()
