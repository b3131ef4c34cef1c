#!/usr/bin/env python3
"""Partitions of a real Slurm: work is placed where jobs of ours can go, for as long as they may run there.

Skipped without a Slurm (scripts/install-slurm) or root."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from slurm_case import SlurmCase, main  # noqa: E402
from waiting import await_true  # noqa: E402


class SlurmPartitions(SlurmCase):
    SETTINGS = "PartitionName=cards Nodes=a[1-4] MaxTime=10 State=UP\n"

    @classmethod
    def arguments(cls):
        return "--driver-slurm-partition", "cards"

    def cordons(self):
        """By node, as Slurm has it, why it gets no work."""
        return {node.removeprefix("slurm-"): [cordon["reason"] for cordon in shown["cordons"]] for node, shown in self.server.nodes().items()}

    def await_cordons(self, reasons_of):
        wanted = {node: reasons_of(node) for node in self.cluster.nodes}
        await_true(lambda: self.cordons() == wanted, f"cordons to be {wanted}", self.cordons)

    def test_nodes_get_work_while_their_partition_takes_it(self):
        outside = ["Slurm: it isn't in the partition cards"]
        self.await_cordons(lambda node: [] if node.startswith("a") else outside)
        self.cluster.say("scontrol", "update", "PartitionName=cards", "Nodes=ALL")
        self.await_cordons(lambda node: [])
        self.cluster.say("scontrol", "update", "PartitionName=cards", "State=DRAIN")
        self.await_cordons(lambda node: ["Slurm: its partition cards is DRAIN"])
        self.cluster.say("scontrol", "update", "PartitionName=cards", "State=UP")
        self.await_cordons(lambda node: [])

    def test_a_job_of_the_longest_time_runs(self):
        """With its grace period it would ask for more than the partition gives, and wait for ever."""
        job, in_slurm = self.running_job("sleep 600", "a100:1", "--time=10")
        self.assertEqual(self.cluster.say("squeue", "-h", "-j", in_slurm, "-o", "%l").strip(), "10:00")
        self.cancel(job)


if __name__ == "__main__":
    main()
