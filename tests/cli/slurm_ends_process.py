#!/usr/bin/env python3
"""How runs end on a real Slurm where something ends them: limits, preemption, nodes that fail, people. Each is told what it was, once, and what
may be begun anew is, as a run of its own.

Skipped without a Slurm (scripts/install-slurm) or root."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from slurm_case import SlurmCase, main, script  # noqa: E402
from waiting import await_true  # noqa: E402

#: Writes each of its beginnings, and goes on.
ENDLESS = "echo begun $ORRERY_RUN; sleep 600"


class SlurmEnds(SlurmCase):
    SETTINGS = """\
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
PartitionName=urgent Nodes=ALL PriorityTier=10 MaxTime=60 State=UP
"""

    @classmethod
    def arguments(cls):
        return "--driver-slurm-partition", "gpu"

    @classmethod
    def setUpClass(cls):
        """The minute of those that have one passes while the others are tried."""
        super().setUpClass()
        cls.limited = [cls.server.submit(script(ENDLESS, "a100:1"), *limit) for limit in (["--time=1"], [])]
        in_slurm = cls.await_running(f"job-{cls.limited[1]}.")
        cls.cluster.say("scontrol", "update", f"jobid={in_slurm}", "timelimit=1")

    def begun(self, job):
        """The runs in which its script has begun."""
        return [line.removeprefix("begun ") for line in self.written(job).splitlines() if line.startswith("begun ")]

    def end_of(self, job, state, reason="None"):
        """It has ended for good, has begun once, and nothing of it is left."""
        ended = self.server.await_job(job, state, timeout_s=180)
        self.assertEqual(ended["state_reason"], reason)
        self.assertEqual(len(self.begun(job)), 1)
        self.await_gone(f"job-{job}.")

    def runs_anew(self, job, first):
        """As another run, once: the first has ended, and begun once."""
        await_true(lambda: len(self.begun(job)) == 2, f"job {job} to begin again", lambda: self.server.sight_of_job(job))
        self.assertEqual(len(set(self.begun(job))), 2)
        self.server.await_job(job, "RUNNING")
        self.assertNotIn(first, [str(number) for number, _ in self.in_slurm(f"job-{job}.").values()])
        self.cancel(job)

    def has_failed(self, service, code):
        self.server.await_service(service, "failed")
        self.assertEqual(self.server.service_details(service)["reason_code"], code)
        self.await_gone(f"{service}.")

    def node_of(self, in_slurm):
        return self.cluster.say("squeue", "-h", "-j", in_slurm, "-o", "%N").strip()

    def fail_node_of(self, job, in_slurm):
        """As by a cable: all at once, and nobody writes down how it ended. Slurm would see that in a minute; its operator does at once."""
        name = self.node_of(in_slurm)
        self.cluster.kill(name)
        pids = self.cluster.supervisor_of(in_slurm) + [pid for pid, run in self.server.processes().items() if run.startswith(f"job-{job}.")]
        for each in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with suppress(ProcessLookupError):  # It died with another.
                    os.kill(pid, each)
        self.cluster.say("scontrol", "update", f"nodename={name}", "state=down", "reason=no power")
        self.addCleanup(self.cluster.await_nodes)
        self.addCleanup(self.cluster.say, "scontrol", "update", f"nodename={name}", "state=resume")
        self.addCleanup(self.cluster.start, name)

    def take_node(self, name, gpus):
        """By a job of others that goes before ours."""
        job = self.cluster.say("sbatch", "--parsable", "--partition=urgent", f"--gres=gpu:{gpus}", f"--nodelist={name}",
                               "--output=/dev/null", "--chdir=/tmp", text="#!/bin/sh\nsleep 600\n").strip()
        self.addCleanup(self.cluster.say, "scancel", job)
        return job

    def test_a_service_that_others_cancel_in_slurm_has_failed(self):
        service = self.running_service()
        self.cluster.say("scancel", self.await_running(f"{service}."))
        self.has_failed(service, "cancelled_in_slurm")

    def test_a_script_that_others_cancel_in_slurm_is_cancelled(self):
        job, in_slurm = self.running_job(ENDLESS)
        self.cluster.say("scancel", in_slurm)
        self.end_of(job, "CANCELLED")

    def test_a_script_that_is_killed_has_failed(self):
        job, _ = self.running_job(f"echo $$ > {self.folder}/pid; {ENDLESS}")
        await_true(lambda: self.begun(job), "its first line")
        os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)
        self.end_of(job, "FAILED", "NonZeroExitCode")

    def test_a_script_on_a_node_that_fails_runs_anew_where_it_may(self):
        job, in_slurm = self.running_job(ENDLESS, "a6000:1", "--open-mode=append")
        self.fail_node_of(job, in_slurm)
        self.runs_anew(job, in_slurm)

    def test_a_script_on_a_node_that_fails_is_over_where_it_may_not_run_anew(self):
        job, in_slurm = self.running_job(ENDLESS, "a6000:1", "--no-requeue")
        self.fail_node_of(job, in_slurm)
        self.end_of(job, "NODE_FAIL", "NodeDown")

    def test_a_script_that_is_preempted_runs_anew_where_it_may(self):
        job, in_slurm = self.running_job(ENDLESS, "a40:1", "--open-mode=append")
        other = self.take_node(self.node_of(in_slurm), "a40:8")
        await_true(lambda: in_slurm not in [str(number) for number, _ in self.in_slurm().values()], "it to be preempted", self.in_slurm)
        self.cluster.say("scancel", other)  # It may have been given the same node before that was seen to be taken.
        self.runs_anew(job, in_slurm)

    def test_a_script_that_is_preempted_is_over_where_it_may_not_run_anew(self):
        job, in_slurm = self.running_job(ENDLESS, "a40:1", "--no-requeue")
        self.take_node(self.node_of(in_slurm), "a40:8")
        self.end_of(job, "PREEMPTED")

    def test_a_script_is_requeued_by_its_user(self):
        job, in_slurm = self.running_job(ENDLESS, "a100:2", "--open-mode=append")
        self.server.run_orrery("scontrol", "requeue", str(job))
        self.runs_anew(job, in_slurm)

    def test_a_script_that_slurm_is_told_to_requeue_has_one_run_there(self):
        job, in_slurm = self.running_job(ENDLESS, "a100:1", "--no-requeue")
        self.cluster.say("scontrol", "update", f"jobid={in_slurm}", "requeue=1")
        self.cluster.say("scontrol", "requeue", in_slurm)
        self.server.await_job(job, "FAILED", "CANCELLED", "NODE_FAIL", "PREEMPTED", timeout_s=180)
        self.assertEqual(len(self.begun(job)), 1)
        self.await_gone(f"job-{job}.")

    def test_time_limits_of_the_center_and_of_slurm_end_scripts(self):
        for job in self.limited:
            self.end_of(job, "TIMEOUT", "TimeLimit")


if __name__ == "__main__":
    main()
