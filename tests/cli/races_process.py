#!/usr/bin/env python3
"""Races against a real server: whoever comes first, nothing is done twice and nothing is left half done."""

import http.client
import json
import os
import shutil
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from at_once import at_once  # noqa: E402
from orrery_server import Client, Server  # noqa: E402

BINARY = os.environ["ORRERY"]
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
LOCATION = "us-east1-a"


class Races(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-races-"))
        cls.server = Server(BINARY, cls.folder / "data", "--dev-nodes", "12", "--time-scale", "200")
        cls.server.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.client = Client(self.server)
        self.vms = []

    def tearDown(self):
        """Leaves the fleet empty for the next race."""
        for vm in self.client.call("GET", "/vms")[1]["items"]:
            status, answer = self.client.call("DELETE", f"/vms/{vm['id']}")
            if status == 200:
                self.end_of(answer)

    def create(self, client=None, name="race", vm_type="a40.1x", key=None, **more):
        body = {"name": name, "type": vm_type, "location": LOCATION, "image": "ubuntu22.04-nvidia-pcie-docker",
                "ssh_public_key": SSH_KEY, **more}
        return (client or Client(self.server)).call("POST", "/vms", body, key)

    def end_of(self, answer, collection="/vms"):
        operation = answer["operation"]
        for _ in range(4000):
            status, operation = self.client.call("GET", f"{collection}/operations/{operation['operation_id']}")
            self.assertEqual(status, 200, operation)
            if operation["state"] != "IN_PROGRESS":
                return operation
            time.sleep(0.005)
        self.fail(f"the operation does not end: {operation}")

    def running(self, name="race", vm_type="a40.1x", **more):
        status, answer = self.create(name=name, vm_type=vm_type, **more)
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.end_of(answer)["state"], "SUCCEEDED")
        return answer["operation"]["metadata"]["id"]

    def is_available(self, vm_type):
        _, answer = self.client.call("GET", f"/availabilities?product_name={vm_type}&location={LOCATION}")
        return answer["items"][0]["available"]

    def test_two_creates_for_the_last_gpus(self):
        """Exactly one wins, whichever it is."""
        while self.is_available("a40.8x"):
            self.running("filler", "a40.8x")
        while self.is_available("a40.1x"):
            self.running("filler", "a40.1x")
        for attempt in range(5):
            filler = [vm for vm in self.client.call("GET", "/vms")[1]["items"] if vm["type"] == "a40.1x" or
                      vm["type"] == "a40.8x"][0]
            size = filler["type"]
            self.end_of(self.client.call("DELETE", f"/vms/{filler['id']}")[1])
            answers = at_once(*[lambda i=i: self.create(name=f"racer-{attempt}-{i}", vm_type=size) for i in range(2)])
            ends = [self.end_of(answer) for status, answer in answers if status == 200]
            self.assertEqual(len(ends), 2, answers)
            self.assertEqual(sorted(end["state"] for end in ends), ["FAILED", "SUCCEEDED"], ends)
            failed = next(end for end in ends if end["state"] == "FAILED")
            self.assertEqual(failed["result"]["code"], "out_of_stock")
            self.assertEqual(self.client.call("GET", f"/vms/{failed['metadata']['id']}")[0], 404)

    def test_create_and_delete_at_once(self):
        """The VM is deleted while it is being created: its create fails cleanly, or was faster."""
        for attempt in range(10):
            status, created = self.create(name=f"short-{attempt}")
            self.assertEqual(status, 200, created)
            vm_id = created["operation"]["metadata"]["id"]
            deletions = at_once(*[lambda: Client(self.server).call("DELETE", f"/vms/{vm_id}") for _ in range(2)])
            end = self.end_of(created)
            self.assertIn((end["state"], end["result"].get("code")),
                          (("FAILED", "cancelled"), ("SUCCEEDED", None)), end)
            accepted = [self.end_of(answer) for status, answer in deletions if status == 200]
            self.assertTrue(accepted, deletions)
            self.assertIn("SUCCEEDED", [deletion["state"] for deletion in accepted])
            self.assertEqual(self.client.call("GET", f"/vms/{vm_id}")[0], 404)
        self.assertTrue(self.is_available("a40.8x"))

    def test_ten_clients_with_one_key(self):
        """One VM, and one answer for all; who comes too early for it is told so with 409."""
        for attempt in range(5):
            key = f"one-key-{attempt}"
            answers = at_once(*[lambda: self.create(name=f"keyed-{attempt}", key=key) for _ in range(10)])
            self.assertLessEqual({status for status, _ in answers}, {200, 409}, answers)
            given = [json.dumps(answer) for status, answer in answers if status == 200]
            self.assertEqual(len(set(given)), 1, given)
            for status, answer in answers:
                if status == 409:
                    self.assertEqual(answer["code"], "idempotency_key_in_use")
            again = self.create(name=f"keyed-{attempt}", key=key)
            self.assertEqual((200, given[0]), (again[0], json.dumps(again[1])))
            named = self.client.call("GET", f"/vms?names=keyed-{attempt}")[1]["items"]
            self.assertEqual(len(named), 1)
            self.end_of(json.loads(given[0]))

    def test_a_disk_is_deleted_and_attached_at_once(self):
        """An attached disk is never deleted, and a deleted one never attached."""
        vm_id = self.running("with-disk")
        for attempt in range(5):
            _, created = self.client.call("POST", "/disks", {"name": f"disk-{attempt}", "size": "10GiB",
                                                              "location": LOCATION})
            self.assertEqual(self.end_of(created, "/disks")["state"], "SUCCEEDED")
            disk_id = created["operation"]["metadata"]["id"]
            attach, delete = at_once(
                lambda: Client(self.server).call("POST", f"/vms/{vm_id}/attach-disks", {"attach_disks": [
                    {"disk_id": disk_id, "mode": "read-write", "attachment_type": "data"}]}),
                lambda: Client(self.server).call("DELETE", f"/disks/{disk_id}"))
            attached = attach[0] == 200 and self.end_of(attach[1])["state"] == "SUCCEEDED"
            deleted = delete[0] == 200 and self.end_of(delete[1], "/disks")["state"] == "SUCCEEDED"
            self.assertNotEqual(attached, deleted, (attach, delete))
            disks = [disk["id"] for disk in self.client.call("GET", f"/vms/{vm_id}")[1]["disks"]]
            self.assertEqual(disk_id in disks, attached)
            if attached:
                status, answer = self.client.call("DELETE", f"/disks/{disk_id}")
                self.assertEqual(status, 409, answer)
                detach = self.client.call("POST", f"/vms/{vm_id}/detach-disks", {"detach_disks": [disk_id]})
                self.assertEqual(self.end_of(detach[1])["state"], "SUCCEEDED")
                self.end_of(self.client.call("DELETE", f"/disks/{disk_id}")[1], "/disks")

    def operator(self, method, path, body=None):
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        headers = {"Authorization": f"Bearer {self.server.credentials['orrery']['operator_key']}",
                   "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None

    def test_a_key_is_revoked_in_the_middle_of_a_request(self):
        """What was accepted goes on to its end; everything after the revocation is 401."""
        project_id = self.server.credentials["mkinf"]["project_id"]
        keys = f"/orrery/v1/organizations/{self.server.credentials['mkinf']['organization_id']}/keys"
        status, issued = self.operator("POST", keys, {"project_id": project_id, "name": "race"})
        self.assertEqual(status // 100, 2, issued)
        client = Client(self.server)
        client.key = issued["access_key"]
        statuses = []
        accepted = []
        revoked = threading.Event()

        def load():
            number = 0
            while True:
                gone = revoked.is_set()  # As of before the request.
                status, answer = self.create(client, name=f"revoked-{number}", vm_type="l40s-48gb.1x")
                statuses.append((gone, status))
                if status == 200:
                    accepted.append(answer)
                if status == 401:
                    return
                number += 1

        def revoke():
            while len(accepted) < 3:
                time.sleep(0.001)
            self.assertEqual(self.operator("DELETE", f"{keys}/{issued['id']}")[0] // 100, 2)
            revoked.set()

        at_once(load, revoke)
        self.assertLessEqual({status for _, status in statuses}, {200, 401}, statuses)
        self.assertTrue(all(status == 401 for gone, status in statuses if gone), statuses)
        self.assertGreaterEqual(len(accepted), 3)
        for answer in accepted:
            self.assertIn(self.end_of(answer)["state"], ("SUCCEEDED", "FAILED"))


if __name__ == "__main__":
    unittest.main()
