"""A client of the NeoLink computing API, over one keep-alive connection."""

import http.client
import json

ROOT = "/mdc/api/v1"
INSTANCES = "/clusters/host-cluster/instances"
IMAGE = "images.neolink-ai.com/matrixdc/tensorflow:2.15.0-python3.10-cuda12.1.0-cudnn8-devel-ubuntu22.04"


class NeolinkClient:
    def __init__(self, server, user_id=None, token=None, cluster="host-cluster"):
        self.instances = f"/clusters/{cluster}/instances"
        credentials = server.credentials["neolink"]
        self.user_id = user_id or credentials["user_id"]
        self.token = token or credentials["token"]
        self.connection = http.client.HTTPConnection(*server.address, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.connection.close()

    def call(self, method, path, body=None, key=None):
        """(status, parsed body). Raises OSError or HTTPException where the server dies meanwhile."""
        headers = {"namespace": self.user_id, "Authorization": f"bearer {self.token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        self.connection.request(method, ROOT + path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def create(self, display_name="test1", key=None, cost=None, **more):
        cost = {"CostType": "1", "CouponID": "", "DiskSKUID": "1", "GPUSKUID": "66", "CostTime": "", **(cost or {})}
        volume = {"PathInContainer": "/root/data", "Size": 50, "Type": "shared-filesystem"}
        body = {"Cost": cost, "VolumeMount": [volume], "namespace": self.user_id, "displayName": display_name,
                "image": IMAGE, "Region": "", **more}
        return self.call("POST", self.instances, body, key)

    def one(self, name):
        return self.call("GET", f"{self.instances}/{name}")

    def power_off(self, name, body=None):
        return self.call("POST", f"{self.instances}/{name}/power_off", body)

    def power_on(self, name):
        return self.call("POST", f"{self.instances}/{name}/power_on")

    def delete(self, name):
        return self.call("DELETE", f"{self.instances}?name={name}")
