#!/usr/bin/env python3
"""A server without --dev, administered from nothing to a running VM by `orrery admin` alone, as the README shows it."""

import http.client
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

BINARY = os.environ.get("ORRERY") or str(Path(__file__).resolve().parents[2] / "build/release/orrery")


class AdminProcess(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-admin-"))
        self.data = self.folder / "data"
        self.server = None
        self.start()

    def tearDown(self):
        self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        with open(self.folder / "server.log", "ab") as log:
            self.server = subprocess.Popen(
                [BINARY, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", "--time-scale", "100"],
                stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.server.stdout:
            if serves := re.match(r"Orrery serves at (http://([\d.]+):(\d+))", line):
                self.url, host, port = serves.groups()
                self.address = (host, int(port))
                return
        self.fail("the server does not start")

    def stop(self):
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(timeout=60)
        self.server.stdout.close()

    def run_admin(self, *arguments, **environment):
        return subprocess.run([BINARY, "admin", *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "ORRERY_URL": self.url, **environment})

    def admin(self, *arguments):
        """The answer as JSON, with the first operator's key."""
        done = self.run_admin(*arguments, "--data", self.data, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def call(self, method, path, key, body=None):
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        connection.request(method, path, json.dumps(body) if body else None, {"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        answer = response.status, json.loads(response.read() or "null")
        connection.close()
        return answer

    def test_from_nothing_to_a_running_vm(self):
        self.admin("cluster", "declare", "east", "--location", "us-east1-a")
        self.admin("address-pool", "declare", "east", "--location", "us-east1-a", "--cidr", "203.0.113.0/24")
        self.admin("price", "set", "gpu-hours", "l40s-48gb", "--usd-per-hour", "1.25")
        self.admin("image", "publish", "--name", "debian12")
        self.admin("node", "register", "east-1", "--cluster", "east", "--gpu-model", "L40S-48GB", "--gpu-count", 8)
        organization = self.admin("organization", "create", "--name", "acme")["id"]
        project = self.admin("project", "create", organization, "--name", "one")["id"]
        self.admin("quota", "set", project, "--gpus", "L40S-48GB=4", "--vms", 2)
        key = self.admin("key", "create", organization, "--name", "ci", "--project-id", project)["access_key"]
        while not self.admin("node", "show", "east-1")["ready"]:
            pass
        wanted = {"name": "vm", "type": "l40s-48gb.2x", "location": "us-east1-a", "image": "debian12",
                  "ssh_public_key": "ssh-rsa AAAAB..."}
        status, answer = self.call("POST", f"/v0.1/projects/{project}/vms", key, wanted)
        self.assertEqual(status, 200, answer)
        path = f"/v0.1/projects/{project}/vms/operations/{answer['operation']['operation_id']}"
        while answer.get("state") != "SUCCEEDED":
            self.assertNotEqual(answer.get("state"), "FAILED", answer)
            status, answer = self.call("GET", path, key)
            self.assertEqual(status, 200, answer)
        self.assertEqual(self.admin("quota", "show", project)["use"]["gpus"], {"L40S-48GB": 2})
        self.admin("key", "revoke", organization, self.admin("key", "list", organization)["items"][0]["id"])
        self.assertEqual(self.call("GET", "/v0.1/projects", key)[0], 401)

    def test_services_are_listed_and_shown(self):
        self.assertEqual(self.admin("service", "list")["items"], [])
        self.assertEqual(self.admin("service", "list", "--status", "failed")["items"], [])
        self.assertNotEqual(self.run_admin("--data", self.data, "service", "list", "--status", "happy").returncode, 0)
        self.assertNotEqual(self.run_admin("--data", self.data, "service", "show", "17").returncode, 0)

    def test_webhooks_are_made_paused_rotated_and_deleted(self):
        made = self.admin("webhook", "create", "--to", "https://hooks.example.org/a", "--types", "vm.started,disk.", "--batch", 5)
        self.assertRegex(made["secret"], "^whsec_")
        self.assertEqual((made["types"], made["batch"]), (["vm.started", "disk."], 5))
        hook = made["id"]
        self.assertTrue(self.admin("webhook", "pause", hook, "--reason", "maintenance")["paused"])
        self.assertFalse(self.admin("webhook", "resume", hook)["paused"])
        self.assertNotEqual(self.admin("webhook", "rotate-secret", hook)["secret"], made["secret"])
        self.assertNotIn("secret", self.admin("webhook", "show", hook))
        self.assertEqual(self.admin("dead-letter", "list", hook)["items"], [])
        table = self.run_admin("webhook", "list", "--data", self.data).stdout
        self.assertIn("https://hooks.example.org/a", table)
        refused = self.run_admin("webhook", "create", "--to", "https://hooks.example.org/a", "--types", "vm.flew", "--data", self.data)
        self.assertEqual((refused.returncode, "types" in refused.stderr), (1, True), refused.stderr)
        self.assertEqual(self.run_admin("webhook", "delete", hook, "--data", self.data).returncode, 0)
        self.assertEqual(self.admin("webhook", "list")["items"], [])

    def test_the_first_operators_key_is_private_and_stays_the_same(self):
        file = self.data / "operator.key"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        first = file.read_text()
        self.stop()
        self.start()
        self.assertEqual(file.read_text(), first)
        self.assertEqual(self.admin("me", "show")["kind"], "operator_key")
        self.assertEqual(self.run_admin("--data", self.data, "me", "show").returncode, 0)
        again = self.admin("operator-key", "create", "--name", "mine")
        self.admin("operator-key", "revoke", self.admin("operator-key", "list")["items"][0]["id"])
        self.stop()
        file.unlink()
        self.start()
        self.assertFalse(file.exists())
        done = self.run_admin("node", "list", ORRERY_KEY=again["access_key"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), ["id", "cluster", "gpu_model", "gpu_count", "cpu_count", "memory_mib",
                                               "driver", "ready", "cordoned", "cordons", "reason"])

    def test_errors_say_what_to_do_next(self):
        def refused(*arguments, **environment):
            done = self.run_admin(*arguments, **environment)
            self.assertEqual(done.stdout, "")
            return done.returncode, done.stderr
        code, words = refused("node", "list", ORRERY_DATA=self.folder / "nowhere")
        self.assertEqual(code, 2)
        self.assertIn("--data DIR", words)
        code, words = refused("node", "list", "--key", "oop_wrong")
        self.assertEqual(code, 1)
        self.assertIn("the key is not good here", words)
        code, words = refused("node", "list", "--data", self.data, "--url", "http://127.0.0.1:1")
        self.assertEqual(code, 1)
        self.assertIn("orrery serve", words)
        code, words = refused("node", "show", "none", "--data", self.data)
        self.assertEqual((code, "node not found" in words), (1, True), words)
        code, words = refused("price", "set", "gpu-hours", "a40", "--usd-per-hour", "1,25", "--data", self.data)
        self.assertEqual((code, "usd_per_hour must be dollars" in words), (1, True), words)
        self.assertEqual(self.run_admin("fly").returncode, 2)
        self.assertEqual(self.run_admin("node", "register").returncode, 2)
        self.assertEqual(self.run_admin("node", "register", "--help").returncode, 0)


if __name__ == "__main__":
    unittest.main()
