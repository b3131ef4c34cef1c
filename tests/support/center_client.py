"""A client of the university center's API, in Slurm's words."""

import http.client
import json


class CenterClient:
    """One keep-alive connection, as the user of the demo."""

    def __init__(self, server):
        self.credentials = server.credentials["aicenter"]
        self.operator_key = server.credentials["orrery"]["operator_key"]
        self.connection = http.client.HTTPConnection(*server.address, timeout=60)

    def headers(self):
        return {"X-SLURM-USER-NAME": self.credentials["user"], "X-SLURM-USER-TOKEN": self.credentials["token"]}

    def slurm(self, method, path, body=None, key=None):
        """(status, parsed body). Raises OSError or HTTPException where the server dies meanwhile."""
        headers = self.headers()
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.call(method, f"/slurm/v0.0.38{path}", body, headers)

    def call(self, method, path, body, headers):
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
            body = json.dumps(body)
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError as problem:
            raise AssertionError(f"{method} {path}: no JSON: {text}") from problem

    def lift_job_limit(self):
        """The shipped policy lets nobody have more than 100 jobs."""
        operator = {"Authorization": f"Bearer {self.operator_key}"}
        status, answer = self.call("GET", "/orrery/v1/center/policy", None, operator)
        assert status == 200, answer
        policy = answer.get("policy", answer)
        policy["limits"]["jobs_max"] = 0
        status, answer = self.call("PUT", "/orrery/v1/center/policy", policy, operator)
        assert status in (200, 204), answer
