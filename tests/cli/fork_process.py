#!/usr/bin/env python3
"""Forks with the real binary: a copy verifies, has the original's hashes and can be served; what would have happened is
told as text, JSON and a page. Traces are drawn, written in another format, and read again."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Client, Server  # noqa: E402

BINARY = os.environ.get("ORRERY") or str(Path(__file__).resolve().parents[2] / "build/release/orrery")

VM = {"name": "forked", "type": "a40.1x", "location": "us-east1-a", "image": "ubuntu22.04-nvidia-pcie-docker",
      "ssh_public_key": "ssh-rsa AAAAB..."}


def run(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=300)


class Forks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-fork-"))
        cls.data = cls.folder / "data"
        cls.server = Server(BINARY, cls.data)
        cls.server.start()
        cls.before = cls.head()
        status, answer = Client(cls.server).call("POST", "/vms", VM)
        assert status == 200, (status, answer)
        cls.vm = answer["operation"]["metadata"]["id"]
        assert cls.server.stop() == 0

    @classmethod
    def tearDownClass(cls):
        if cls.server.process.poll() is None:
            cls.server.kill()
        shutil.rmtree(cls.folder)

    @classmethod
    def head(cls):
        """The last position; a server may run."""
        last = run("log", "tail", "--json", "--data", cls.data)
        assert last.returncode == 0, last.stderr
        return json.loads(last.stdout.splitlines()[-1])["position"]

    def events(self, data):
        exported = self.folder / "events.jsonl"
        self.assertEqual(run("log", "export", "--data", data, exported).returncode, 0)
        return exported.read_text().splitlines()

    def test_a_fork_is_the_original_up_to_its_position(self):
        fork = self.folder / "fork"
        made = run("fork", "--data", self.data, "--at", self.before, "--into", fork)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn(f"orrery serve --data {fork}", made.stderr)
        verified = run("log", "verify", "--data", fork)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        copied = self.events(fork)
        self.assertEqual(json.loads(copied[-1])["type"], "log.forked")
        self.assertEqual(copied[:-1], self.events(self.data)[:len(copied) - 1])
        self.assertNotEqual(run("fork", "--data", self.data, "--at", self.before, "--into", fork).returncode, 0)

    def test_a_fork_with_keys_is_served_and_goes_its_own_way(self):
        fork = self.folder / "served"
        made = run("fork", "--data", self.data, "--at", self.before, "--into", fork, "--with-keys")
        self.assertEqual(made.returncode, 0, made.stderr)
        shutil.copy(self.data / "dev-credentials.json", fork)
        server = Server(BINARY, fork)
        server.start()
        try:
            client = Client(server)
            self.assertEqual(client.call("GET", f"/vms/{self.vm}")[0], 404)
            self.assertEqual(client.call("POST", "/vms", VM | {"name": "another"})[0], 200)
        finally:
            server.stop()
        self.assertEqual(run("log", "verify", "--data", fork).returncode, 0)

    def test_what_would_have_happened_is_told(self):
        page = self.folder / "fork.html"
        told = run("fork", "--data", self.data, "--at", self.before, "--policy", "spread", "--run", "--price", "2",
                   "--html", page)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("utilisation", told.stdout)
        self.assertIn("Not repeated", told.stdout)
        self.assertIn("<svg", page.read_text())
        document = run("fork", "--data", self.data, "--at", self.before, "--run", "--json")
        self.assertEqual(document.returncode, 0, document.stderr)
        json.loads(document.stdout)

    def test_what_cannot_be_forked_says_why(self):
        self.assertIn("say --into", run("fork", "--data", self.data, "--at", "3").stderr)
        self.assertEqual(run("fork", "--data", self.data, "--at", "999999999", "--run").returncode, 2)
        self.assertIn("neither a file nor one of",
                      run("fork", "--data", self.data, "--at", self.before, "--run", "--policy", "luck").stderr)

    def test_a_drawn_trace_is_the_same_again_and_in_another_format(self):
        drawn, again, swf = self.folder / "a.csv", self.folder / "b.csv", self.folder / "a.swf"
        for file in (drawn, again):
            made = run("sim", "generate", "--like", "helios", "--jobs", "2000", "--seed", "3", file)
            self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(drawn.read_bytes(), again.read_bytes())
        self.assertEqual(len(drawn.read_text().splitlines()), 2001)
        self.assertEqual(run("sim", "convert", drawn, swf).returncode, 0)
        lines = [line for line in swf.read_text().splitlines() if not line.startswith(";")]
        self.assertEqual(len(lines), 2000)
        self.assertTrue(all(len(line.split()) == 18 for line in lines))


if __name__ == "__main__":
    unittest.main()
