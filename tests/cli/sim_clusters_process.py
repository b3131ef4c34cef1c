#!/usr/bin/env python3
"""Simulated clusters of a real server by `orrery sim`: made, shown, grown, broken and healed; made to the end although the
server is killed in the midst."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

BINARY = os.environ.get("ORRERY") or str(Path(__file__).resolve().parents[2] / "build/release/orrery")


class SimClusters(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-sim-"))
        self.data = self.folder / "data"
        self.start()

    def tearDown(self):
        self.end(signal.SIGTERM)
        shutil.rmtree(self.folder)

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.server = subprocess.Popen(
                [BINARY, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", "--time-scale", "3600"],
                stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.server.stdout:
            if serves := re.match(r"Orrery serves at (\S+)", line):
                self.url = serves.group(1)
                return
        self.fail("the server does not start")

    def end(self, with_signal):
        if self.server.poll() is None:
            self.server.send_signal(with_signal)
            self.server.wait(timeout=60)
        self.server.stdout.close()

    def run_sim(self, *arguments):
        return subprocess.run([BINARY, "sim", *map(str, arguments), "--url", self.url, "--data", self.data],
                              capture_output=True, text=True, timeout=300)

    def sim(self, *arguments):
        done = self.run_sim(*arguments, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_a_cluster_is_made_shown_and_grown(self):
        made = self.sim("up", "titan", "--nodes", 500, "--gpus", 4, "--wait")
        self.assertTrue(made["complete"])
        self.assertEqual(made["nodes"]["ready"], 500)
        self.assertEqual(made["gpus"]["registered"], 2000)
        self.assertEqual(self.sim("up", "titan", "--nodes", 500, "--gpus", 4)["since"], made["since"])
        grown = self.sim("up", "--cluster", "titan", "--nodes", 600, "--gpus", 4, "--wait")
        self.assertEqual(grown["nodes"]["ready"], 600)
        table = self.run_sim("status")
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertRegex(table.stdout, r"titan\s+(true|yes)\s+600\s+600\s+600\s+0\s+2400")
        self.assertEqual([each["name"] for each in self.sim("status")["items"]], ["titan"])

        shrunk = self.run_sim("up", "titan", "--nodes", 10, "--gpus", 4)
        self.assertEqual(shrunk.returncode, 1)
        self.assertIn("must not shrink", shrunk.stderr)
        unknown = self.run_sim("status", "rhea")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("orrery sim status", unknown.stderr)

    def test_a_cluster_is_made_although_its_server_is_killed(self):
        self.sim("up", "titan", "--nodes", 20000, "--gpus", 8)
        for _ in range(2):
            self.end(signal.SIGKILL)
            self.start()
        made = self.sim("status", "titan", "--wait")
        self.assertEqual(made["nodes"]["registered"], 20000)
        self.assertEqual(made["gpus"]["registered"], 160000)

    def test_gpus_break_by_script_and_heal(self):
        faults = self.folder / "faults.toml"
        faults.write_text('[[script]]\nafter_ms = 1000\nkind = "xid"\nnode_id = "titan-000001"\ngpu_index = 1\ncode = 79\n'
                          '[[script]]\nafter_ms = 1000\nkind = "ecc"\nnode_id = "titan-000001"\ngpu_index = 2\n')
        self.sim("up", "titan", "--nodes", 2, "--gpus", 4, "--wait")
        self.assertEqual(len(self.sim("faults", "titan", faults)["faults"]["script"]), 2)
        while self.sim("status", "titan")["gpus"]["faults"] < 2:
            pass
        while True:
            titan = self.sim("status", "titan")
            gpus = titan["gpus"]
            if gpus["quarantined"] + gpus["in_repair"] + gpus["in_verification"] + titan["nodes"]["cordoned"] == 0:
                break
        published = self.sim("faults", "titan", "published")["faults"]["rates"]
        self.assertEqual(published["xid_per_million_gpu_hours"], 8)
        self.assertEqual(self.sim("faults", "titan", "none")["faults"]["script"], [])
        missing = self.run_sim("faults", "titan", self.folder / "none.toml")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("published, none, or a file", missing.stderr)


if __name__ == "__main__":
    unittest.main()
