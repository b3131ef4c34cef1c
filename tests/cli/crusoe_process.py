#!/usr/bin/env python3
"""A real server, and a client that signs its requests as Crusoe's own clients do."""

import datetime
import os
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from crusoe_client import CrusoeClient  # noqa: E402
from orrery_server import Client, Server  # noqa: E402

BINARY = os.environ["ORRERY"]
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@example.org"


class CrusoeProcess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-crusoe-"))
        cls.server = Server(BINARY, cls.folder / "data", "--dev-nodes", "12", "--time-scale", "100")
        cls.server.start()
        cls.credentials = cls.server.credentials
        cls.project = f"/v1alpha5/projects/{cls.credentials['mkinf']['project_id']}"

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        shutil.rmtree(cls.folder)

    def setUp(self):
        crusoe = self.credentials["crusoe"]
        self.client = CrusoeClient(self.server.address, crusoe["access_key_id"], crusoe["secret_key"])

    def get(self, path, **query):
        status, answer = self.client.call("GET", path, query=query)
        self.assertEqual(status, 200, answer)
        return answer

    def change(self, method, path, body=None):
        """Starts an operation and polls it, as every client of this API does."""
        status, answer = self.client.call(method, path, body)
        self.assertEqual(status, 200, answer)
        operation = answer["operation"]
        operations = path.split("/instances")[0] + "/instances/operations" if "/instances" in path else \
            path.split("/disks")[0] + "/disks/operations"
        for _ in range(2000):
            operation = self.get(f"{operations}/{operation['operation_id']}")
            if operation["state"] != "IN_PROGRESS":
                return operation
            time.sleep(0.005)
        self.fail(f"the operation does not end: {operation}")

    def test_the_life_of_a_vm(self):
        instances = f"{self.project}/compute/vms/instances"
        self.assertIn("us-east1-a", self.get("/v1alpha5/locations")["items"])
        self.assertTrue(self.get(f"{self.project}/compute/vms/types")["items"])
        image = self.get("/v1alpha5/compute/images")["items"][0]
        capacity = self.get("/v1alpha5/capacities", product_name="a40.1x", location="us-east1-a")["items"][0]
        self.assertGreater(capacity["quantity"], 0)

        created = self.change("POST", instances, {
            "name": "crusoe-1", "type": "a40.1x", "location": "us-east1-a", "image": image["name"],
            "ssh_public_key": SSH_KEY})
        self.assertEqual(created["state"], "SUCCEEDED", created)
        vm = f"{instances}/{created['metadata']['id']}"
        self.assertEqual(self.get(vm)["state"], "STATE_RUNNING")
        found = self.get(instances, names="crusoe-1", states="STATE_RUNNING", limit="5")["items"]
        self.assertEqual([item["id"] for item in found], [created["metadata"]["id"]])

        disk = self.change("POST", f"{self.project}/storage/disks",
                           {"name": "data", "size": "1TiB", "type": "persistent-ssd", "location": "us-east1-a"})
        self.assertEqual(disk["result"]["size"], "1024GiB", disk)
        attached = self.change("POST", f"{vm}/attach-disks", {"attach_disks": [
            {"disk_id": disk["metadata"]["id"], "mode": "read-write", "attachment_type": "data"}]})
        self.assertEqual(attached["state"], "SUCCEEDED", attached)
        self.assertEqual(len(self.get(vm)["disks"]), 2)

        self.assertEqual(self.change("PATCH", vm, {"action": "STOP"})["result"]["state"], "STATE_SHUTOFF")
        resized = self.change("PATCH", vm, {"action": "UPDATE", "type": "a40.2x"})
        self.assertEqual(resized["result"]["type"], "a40.2x")
        self.assertEqual(self.change("PATCH", vm, {"action": "START"})["result"]["state"], "STATE_RUNNING")
        self.assertEqual(self.change("PATCH", vm, {"action": "RESET"})["state"], "SUCCEEDED")

        self.assertEqual(self.change("DELETE", vm)["state"], "SUCCEEDED")
        self.assertEqual(self.client.call("GET", vm)[0], 404)
        self.assertEqual(self.get(f"{self.project}/storage/disks/{disk['metadata']['id']}")["attached_to"], [])
        self.assertEqual(self.change("DELETE", f"{self.project}/storage/disks/{disk['metadata']['id']}")["state"],
                         "SUCCEEDED")

    def test_a_signature_that_is_wrong_late_or_of_another_request(self):
        path = "/v1alpha5/organizations/projects"
        now = datetime.datetime.now(datetime.timezone.utc)
        refused = {"code": "401", "message": "bad_credential"}
        for headers in (
                self.client.headers("POST", path, {}),
                self.client.headers("GET", path, {"limit": "1"}),
                self.client.headers("GET", path + "/x", {}),
                self.client.headers("GET", path, {}, now - datetime.timedelta(minutes=6)),
                self.client.headers("GET", path, {}, now + datetime.timedelta(minutes=6)),
                {"Authorization": self.client.headers("GET", path, {})["Authorization"]},
                {}):
            status, answer = self.client.call("GET", path, headers=headers)
            self.assertEqual(status, 401, headers)
            self.assertEqual({key: answer[key] for key in refused}, refused)
        almost = self.client.headers("GET", path, {}, now - datetime.timedelta(minutes=4))
        self.assertEqual(self.client.call("GET", path, headers=almost)[0], 200)

    def test_a_plain_key_is_good_too(self):
        headers = {"Authorization": f"Bearer {self.credentials['mkinf']['access_key']}"}
        status, answer = self.client.call("GET", "/v1alpha5/organizations/projects", headers=headers)
        self.assertEqual(status, 200)
        self.assertEqual(answer["items"][0]["id"], self.credentials["mkinf"]["project_id"])

    def test_both_names_show_one_vm(self):
        mkinf = Client(self.server)
        _, created = mkinf.call("POST", "/vms", {
            "name": "both", "type": "a40.1x", "location": "us-east1-a", "image": "ubuntu22.04-nvidia-pcie-docker",
            "ssh_public_key": SSH_KEY})
        vm_id = created["operation"]["metadata"]["id"]
        operation = created["operation"]["operation_id"]
        while mkinf.call("GET", f"/vms/operations/{operation}")[1]["state"] == "IN_PROGRESS":
            time.sleep(0.005)
        self.assertEqual(self.get(f"{self.project}/compute/vms/instances/{vm_id}"),
                         mkinf.call("GET", f"/vms/{vm_id}")[1])


if __name__ == "__main__":
    unittest.main()
