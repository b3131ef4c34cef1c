#!/usr/bin/env python3
"""The NeoLink dialect of a real server: an instance's life, and races in which nothing is done twice."""

import http.client
import json
import os
import shutil
import sys
import tempfile
import time
import unittest
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from at_once import at_once  # noqa: E402
from neolink_client import INSTANCES, NeolinkClient  # noqa: E402
from orrery_server import Server  # noqa: E402

BINARY = os.environ["ORRERY"]


class NeolinkProcess(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-neolink-"))
        cls.server = Server(BINARY, cls.folder / "data", "--time-scale", "100")
        cls.server.start()
        cls.gpu_count = None

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.client = NeolinkClient(self.server)
        if self.gpu_count is None:
            type(self).gpu_count = self.free("66")
        self.await_free("66", self.gpu_count)

    def tearDown(self):
        """Leaves the fleet empty for the next test."""
        for node in self.nodes():
            self.await_status(node["name"], "Running", "Shutdown", "Failed")
            self.delete(node["name"])
        self.assertEqual(self.nodes(), [])
        self.client.close()

    def racing(self, count, ask):
        """What `count` clients get that `ask` at once."""
        def run():
            with NeolinkClient(self.server) as client:
                return ask(client)
        return at_once(*[run] * count)

    def nodes(self):
        status, answer = self.client.call("GET", INSTANCES)
        self.assertEqual(status, 200, answer)
        return answer["nodes"]

    def status(self, name):
        status, answer = self.client.one(name)
        return answer["status"] if status == 200 else None

    def await_status(self, name, *wanted):
        for _ in range(4000):
            found = self.status(name)
            if found in wanted:
                return found
            time.sleep(0.005)
        self.fail(f"{name} is {found}, not {wanted}")

    def running(self, **more):
        status, answer = self.client.create(**more)
        self.assertEqual(status, 200, answer)
        self.await_status(answer["name"], "Running")
        return answer["name"]

    def delete(self, name):
        self.assertEqual(self.client.delete(name), (200, "ok"))
        self.await_status(name, None)

    def sku(self, **wanted):
        """The first SKU with these members."""
        return next(each for each in self.client.call("GET", "/skus/computings")[1]
                    if wanted.items() <= each.items())

    def free(self, sku):
        return self.sku(skusID=sku)["remainGPUCount"]

    def await_free(self, sku, count):
        """The lease of an instance that is gone is released a moment later."""
        for _ in range(2000):
            if self.free(sku) == count:
                return
            time.sleep(0.005)
        self.fail(f"{self.free(sku)} GPUs are free, not {count}")

    def operator(self, method, path, body=None):
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        headers = {"Authorization": f"Bearer {self.server.credentials['orrery']['operator_key']}"}
        connection.request(method, f"/orrery/v1/namespaces/{self.client.user_id}{path}",
                           json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        self.assertEqual(response.status // 100, 2, answer)
        return answer

    def test_the_life_of_an_instance(self):
        name = self.running()
        self.assertEqual(self.free("66"), self.gpu_count - 1)
        instance = self.client.one(name)[1]
        self.assertEqual(instance["volumeMounts"][1]["Size"], 50)
        self.assertEqual(self.client.power_off(name, {
            "gracePeriodSeconds": 10, "needSnapshot": True, "imageName": "image1", "tag": "v1.1.0"}), (200, "ok"))
        self.await_status(name, "Shutdown")
        self.await_free("66", self.gpu_count)
        self.assertEqual(self.client.power_on(name), (200, "ok"))
        self.await_status(name, "Running")
        self.assertNotEqual(self.client.one(name)[1]["Pods"][0]["Name"], instance["Pods"][0]["Name"])
        # The image of the snapshot is the customer's to run, with the volume of the first instance.
        volume = instance["volumeMounts"][1]["PVCName"]
        registry = self.client.call("GET", "/regions")[1][0]["harborAddr"]
        saved = f"{registry}/{self.client.user_id}/image1:v1.1.0"
        self.delete(name)
        again = self.running(image=saved, VolumeMount={"PVCName": volume})
        self.assertEqual(self.client.one(again)[1]["volumeMounts"][1]["PVCName"], volume)

    def test_two_creates_for_the_last_gpu(self):
        """One wins; who loses has paid nothing, and holds nothing."""
        fillers = [self.running(display_name="filler") for _ in range(self.free("66") - 1)]
        daily = self.sku(name="4090", sellingType="4", gpuCounts=1)
        cost = {"CostType": "4", "GPUSKUID": daily["skusID"], "CostTime": "1D"}
        lost = 0
        for _ in range(5):
            self.await_free("66", 1)
            answers = self.racing(4, lambda client: client.create("racer", cost=cost))
            self.assertLessEqual({status for status, _ in answers}, {200, 409}, answers)
            names = [answer["name"] for status, answer in answers if status == 200]
            ends = [self.await_status(name, "Running", "Failed") for name in names]
            self.assertEqual(ends.count("Running"), 1, ends)
            lost += ends.count("Failed")
            for name in names:
                self.delete(name)
        self.assertTrue(fillers)
        lines = [line for line in self.operator("GET", "/bill")["items"] if line["kind"] in ("order", "refund")]
        self.assertEqual(len([line for line in lines if line["kind"] == "refund"]), lost, lines)
        self.assertEqual(len([line for line in lines if line["kind"] == "order"]), lost + 5, lines)

    def test_create_and_delete_at_once(self):
        for attempt in range(10):
            status, created = self.client.create(f"short-{attempt}")
            self.assertEqual(status, 200, created)
            deletions = self.racing(2, lambda client: client.delete(created["name"]))
            self.assertLessEqual({status for status, _ in deletions}, {200, 404, 409}, deletions)
            if 200 in {status for status, _ in deletions}:
                self.await_status(created["name"], None)
            else:
                self.await_status(created["name"], "Running")
                self.delete(created["name"])
        self.await_free("66", self.gpu_count)

    def test_power_off_twice_at_once(self):
        name = self.running()
        for _ in range(5):
            answers = self.racing(4, lambda client: client.power_off(name))
            self.assertEqual(sorted(status for status, _ in answers), [200, 409, 409, 409], answers)
            self.await_status(name, "Shutdown")
            answers = self.racing(4, lambda client: client.power_on(name))
            self.assertEqual(sorted(status for status, _ in answers), [200, 409, 409, 409], answers)
            self.await_status(name, "Running")

    def test_a_coupon_is_spent_twice_at_once(self):
        """However many creates name it, it never pays more than it is worth."""
        # Each run lasts a moment, and costs the least that a charge can be: 0.01.
        self.operator("POST", "/coupons", {"id": "race", "amount": "0.02", "expires_at": "2099-01-01T00:00:00Z"})
        answers = self.racing(4, lambda client: client.create("coupon", cost={"CouponID": "race"}))
        self.assertEqual({status for status, _ in answers}, {200}, answers)
        names = [answer["name"] for _, answer in answers]
        for name in names:
            self.await_status(name, "Running")
        # Seconds are what is charged: each runs in two of them.
        second = int(time.time())
        while int(time.time()) < second + 2:
            time.sleep(0.01)
        for name in names:
            self.delete(name)
        for _ in range(2000):
            runs = [line for line in self.operator("GET", "/bill")["items"]
                    if line["kind"] == "usage" and line["instance_id"] in names]
            if len(runs) >= len(names):
                break
            time.sleep(0.005)
        coupon = next(each for each in self.operator("GET", "/coupons")["items"] if each["id"] == "race")
        paid = [Decimal(line["coupon_amount"]) for line in runs if line["coupon_id"] == "race"]
        self.assertEqual(sum(paid), Decimal("0.02"), runs)
        self.assertEqual(Decimal(coupon["left"]), 0)
        self.assertGreaterEqual(sum(Decimal(line["amount"]) for line in runs), Decimal("0.04"))
        refused = self.client.create("coupon", cost={"CouponID": "race"})
        self.assertEqual((refused[0], refused[1]["code"]), (402, "coupon_is_spent"))

    def test_ten_clients_with_one_key(self):
        for attempt in range(5):
            answers = self.racing(10, lambda client: client.create("keyed", key=f"one-{attempt}"))
            self.assertLessEqual({status for status, _ in answers}, {200, 409}, answers)
            given = {json.dumps(answer) for status, answer in answers if status == 200}
            self.assertEqual(len(given), 1, given)
            for status, answer in answers:
                if status == 409:
                    self.assertEqual(answer["code"], "idempotency_key_in_use")
            self.assertEqual(json.dumps(self.client.create("keyed", key=f"one-{attempt}")[1]), given.pop())
            self.assertEqual(len([node for node in self.nodes() if node["displayName"] == "keyed"]), attempt + 1)


if __name__ == "__main__":
    unittest.main()
