"""A real `orrery serve` process, and a client of its mkinf API."""

import http.client
import json
import re
import signal
import subprocess
import threading
from pathlib import Path

from waiting import await_true


def _drain(output):
    """So that the server never blocks on a full pipe."""
    with output:
        output.read()


class ServerProcess:
    """Starts on an ephemeral port, or where it is told to, is killed or stopped, and starts again over the same data."""

    def __init__(self, binary: str, data: Path, *arguments: str, listen: str = "127.0.0.1:0"):
        self.binary = binary
        self.data = data
        self.arguments = arguments
        self.listen = listen
        self.process = None

    def start(self, *more: str):
        command = [self.binary, "serve", "--data", str(self.data), "--listen", self.listen, *self.arguments, *more]
        with open(self.data.parent / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            serves = re.match(r"Orrery serves at http://([\d.]+):(\d+)", line)
            if serves:
                self.address = (serves.group(1), int(serves.group(2)))
                break
        else:
            raise AssertionError(f"the server does not start: exit code {self.process.wait()}, see server.log")
        threading.Thread(target=_drain, args=(self.process.stdout,), daemon=True).start()
        return self

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def exported(self):
        """Every event of its log, which is verified; it mustn't run."""
        file = self.data.parent / "export.jsonl"
        for words in (("verify",), ("export", str(file))):
            subprocess.run([self.binary, "log", *words, "--data", str(self.data)], check=True, stdout=subprocess.DEVNULL)
        return [json.loads(line) for line in file.read_text().splitlines()]

    def call(self, method: str, path: str, body=None, headers=None):
        """(status, parsed body), over a connection of its own."""
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return response.status, json.loads(text) if text else None

    def operator(self, path: str):
        """What operators see."""
        return self.call("GET", f"/orrery/v1{path}", headers={"Authorization": f"Bearer {self.operator_key()}"})[1]

    def operator_key(self) -> str:
        return (self.data / "operator.key").read_text().splitlines()[0]


class Services:
    """Of the service API, for a ServerProcess."""

    def create_service(self, recipe: str, **config) -> str:
        status, service = self.call("POST", "/api/v1/services", {"recipe_name": recipe, "config": config})
        assert status == 200, (status, service)
        return service["id"]

    def service_status(self, service: str) -> str:
        return self.call("GET", f"/api/v1/services/{service}/status")[1]["status"]

    def service_logs(self, service: str) -> str:
        return self.call("GET", f"/api/v1/services/{service}/logs")[1]["logs"]

    def service_details(self, service: str):
        return self.operator(f"/services/{service}")

    def await_service(self, service: str, *wanted: str, timeout_s: float = 90) -> str:
        await_true(lambda: self.service_status(service) in wanted, f"service {service} to be {wanted}",
                   lambda: (self.service_status(service), self.service_logs(service), self.service_details(service)), timeout_s)
        return self.service_status(service)


class Server(ServerProcess):
    """With --dev, and so with the demo's credentials."""

    def start(self, *more: str):
        super().start("--dev", *more)
        self.credentials = json.loads((self.data / "dev-credentials.json").read_text())
        return self

    def operator_key(self) -> str:
        return self.credentials["orrery"]["operator_key"]


class Client:
    """One keep-alive connection with the demo project's access key."""

    def __init__(self, server: Server):
        self.key = server.credentials["mkinf"]["access_key"]
        self.project = f"/v0.1/projects/{server.credentials['mkinf']['project_id']}"
        self.connection = http.client.HTTPConnection(*server.address, timeout=30)

    def call(self, method: str, path: str, body=None, key=None):
        """(status, parsed body). Raises OSError or HTTPException where the server dies meanwhile."""
        headers = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        if key is not None:
            headers["Idempotency-Key"] = key
        self.connection.request(method, self.project + path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None


class Feed(threading.Thread):
    """Reads every event from the beginning, across restarts: it comes back with the last id that it has seen."""

    def __init__(self, server: Server):
        super().__init__(daemon=True)
        self.server = server
        self.events = []
        self.changed = threading.Condition()
        self.running = threading.Event()
        self.finished = False

    def run(self):
        while not self.finished:
            self.running.wait()
            try:
                self._follow()
            except (OSError, http.client.HTTPException, ValueError, AttributeError):
                pass  # The server was killed: a part of an event may be lost, the event is not.

    def _follow(self):
        connection = http.client.HTTPConnection(*self.server.address, timeout=60)
        connection.request("GET", "/orrery/v1/events", headers={
            "Authorization": f"Bearer {self.server.credentials['orrery']['operator_key']}",
            "Accept": "text/event-stream", "Last-Event-ID": str(len(self.events))})
        response = connection.getresponse()
        if response.status != 200:
            raise http.client.HTTPException(f"feed: {response.status} {response.read()}")
        data = None
        while not self.finished:
            line = response.readline()
            if not line:
                return
            if line.startswith(b"data:"):
                data = line[5:]
            elif line == b"\n" and data is not None:
                with self.changed:
                    self.events.append(json.loads(data))
                    self.changed.notify_all()
                data = None

    def wait_until(self, predicate, timeout: float) -> bool:
        """Until the events, all that have come so far, satisfy `predicate`."""
        with self.changed:
            return self.changed.wait_for(lambda: predicate(self.events), timeout)
