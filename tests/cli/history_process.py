#!/usr/bin/env python3
"""Looking back with the real binary: replay, diff, why, bundles and the full verification agree with each other and with
what the server said; also beside it."""

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

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Client, Server  # noqa: E402

BINARY = os.environ.get("ORRERY") or str(Path(__file__).resolve().parents[2] / "build/release/orrery")


VM = {"name": "remembered", "type": "a40.1x", "location": "us-east1-a", "image": "ubuntu22.04-nvidia-pcie-docker",
      "ssh_public_key": "ssh-rsa AAAAB..."}


class History(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-history-"))
        cls.data = cls.folder / "data"
        cls.server = Server(BINARY, cls.data)
        cls.server.start()
        cls.vm = cls.create_vm()
        cls.stop_and_delete()

    @classmethod
    def tearDownClass(cls):
        if cls.server.process.poll() is None:
            cls.server.kill()
        shutil.rmtree(cls.folder)

    @classmethod
    def create_vm(cls):
        client = Client(cls.server)
        status, answer = client.call("POST", "/vms", VM)
        assert status == 200, (status, answer)
        vm = answer["operation"]["metadata"]["id"]
        cls.await_state(client, vm, "STATE_RUNNING")
        cls.running_at = cls.head()
        return vm

    @classmethod
    def stop_and_delete(cls):
        client = Client(cls.server)
        client.call("DELETE", f"/vms/{cls.vm}")
        for _ in range(600):
            if client.call("GET", f"/vms/{cls.vm}")[0] == 404:
                return
            time.sleep(0.05)
        raise AssertionError("the VM stays")

    @staticmethod
    def await_state(client, vm, state):
        for _ in range(600):
            status, body = client.call("GET", f"/vms/{vm}")
            if status == 200 and body["state"] == state:
                return
            time.sleep(0.05)
        raise AssertionError(f"{vm} is not {state}: {body}")

    @classmethod
    def ask(cls, path):
        connection = http.client.HTTPConnection(*cls.server.address, timeout=30)
        connection.request("GET", path, headers={
            "Authorization": f"Bearer {cls.server.credentials['orrery']['operator_key']}"})
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer

    @classmethod
    def head(cls):
        return cls.ask("/orrery/v1/events?limit=1")[1]["head"]

    def run_orrery(self, *arguments, code=0):
        done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def json_of(self, *arguments):
        return json.loads(self.run_orrery(*arguments, "--json"))

    def test_a_resource_is_as_it_was_then(self):
        source = ("--data", self.data)
        then = self.json_of("replay", "--to", self.running_at, "--resource", f"vm/{self.vm}", *source)
        self.assertEqual(then["phase"], "running")
        now = self.json_of("replay", "--resource", f"vm/{self.vm}", *source)
        self.assertEqual(now["phase"], "deleted")
        status, over_http = self.ask(f"/orrery/v1/resources/vm/{self.vm}?to={self.running_at}")
        self.assertEqual(status, 200)
        self.assertEqual(over_http["fields"], then["fields"])
        by_time = self.json_of("replay", "--to", then["last_time"], "--resource", f"vm/{self.vm}", *source)
        self.assertEqual(by_time["phase"], "running")

    def test_counts_and_lists(self):
        counts = self.json_of("replay", "--to", self.running_at, "--data", self.data)
        self.assertEqual(counts["resources"]["vm"], {"running": 1})
        listed = self.run_orrery("replay", "--resource", "vm", "--data", self.data)
        self.assertIn(f"vm/{self.vm}", listed)

    def test_the_difference_between_then_and_now(self):
        diff = self.json_of("diff", "--from", self.running_at, "--resource", f"vm/{self.vm}", "--data", self.data)
        self.assertEqual([change["change"] for change in diff["changes"]], ["went"])
        whole = self.json_of("diff", "--from", self.running_at, "--data", self.data)
        self.assertIn(f"vm/{self.vm}", [change["resource"] for change in whole["changes"]])
        status, over_http = self.ask(f"/orrery/v1/diff?from={self.running_at}&limit=1000")
        self.assertEqual(status, 200)
        self.assertEqual(over_http["changes"][:len(whole["changes"])], whole["changes"])

    def test_why_leads_to_the_requests(self):
        tree = self.json_of("why", f"vm/{self.vm}", "--data", self.data)
        self.assertEqual({root["kind"] for root in tree["roots"]}, {"request"})
        self.assertEqual(len({root["request_id"] for root in tree["roots"]}), 2, "the creation and the deletion")
        self.assertIn("lease.granted", json.dumps(tree))
        status, over_http = self.ask(f"/orrery/v1/why/vm/{self.vm}")
        self.assertEqual(status, 200)
        self.assertEqual(over_http["roots"], tree["roots"])
        text = self.run_orrery("why", f"vm/{self.vm}", "--data", self.data)
        self.assertIn("● ", text)

    def test_a_bundle_becomes_the_same_log_and_is_served(self):
        bundle, copy = self.folder / "all.bundle", self.folder / "copy"
        self.run_orrery("log", "export", "--all", bundle, "--to", self.running_at, "--data", self.data)
        imported = self.run_orrery("log", "import", bundle, "--into", copy)
        self.assertIn("the chain of hashes is the same", imported)
        args = ("--to", self.running_at)
        self.assertEqual(self.json_of("replay", "--data", copy), self.json_of("replay", *args, "--data", self.data))
        self.assertEqual(self.json_of("replay", "--bundle", bundle), self.json_of("replay", "--data", copy))
        other = Server(BINARY, copy)
        other.start()
        self.assertEqual(other.stop(), 0)
        self.assertIn("views: 2", self.run_orrery("log", "verify", "--full", "--data", copy))

    def test_a_bundle_of_one_stream(self):
        bundle = self.folder / "vm.bundle"
        self.run_orrery("log", "export", "--stream", f"vm/{self.vm}", bundle, "--data", self.data)
        there = self.json_of("replay", "--resource", f"vm/{self.vm}", "--bundle", bundle)
        self.assertEqual(there["phase"], "deleted")
        bundle.write_bytes(bundle.read_bytes()[:-40])
        said = self.run_orrery("replay", "--bundle", bundle, code=5)
        self.assertIn("cut off", said)

    def test_the_full_verification_beside_a_server(self):
        said = self.run_orrery("log", "verify", "--full", "--data", self.data)
        self.assertRegex(said, r"^ok: \d+ events in \d+ commits and \d+ streams, chain [0-9a-f]{64}\n")

    def test_what_is_wrong_is_said(self):
        source = ("--data", self.data)
        self.assertIn("the kinds are", self.run_orrery("replay", "--resource", "cat/1", *source, code=2))
        self.assertIn("there was no vm/x", self.run_orrery("replay", "--resource", "vm/x", *source, code=1))
        self.assertIn("in the future", self.run_orrery("replay", "--to", 10 ** 9, *source, code=2))
        self.assertIn("a position", self.run_orrery("diff", "--from", "yesterday", *source, code=2))
        self.assertIn("there is no vm/x", self.run_orrery("why", "vm/x", *source, code=1))
        self.assertIn("no bundle", self.run_orrery("replay", "--bundle", __file__, code=5))


if __name__ == "__main__":
    unittest.main(verbosity=2)
