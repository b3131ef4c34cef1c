"""A real `orrery serve` process that runs services on this host, and a client of its service API."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path


def _drain(output):
    """So that the server never blocks on a full pipe."""
    with output:
        output.read()


class LocalServer:
    """Starts on an ephemeral port, is killed or stopped, and starts again over the same data."""

    def __init__(self, binary: str, folder: Path, recipes: Path, *arguments: str):
        self.binary = binary
        self.folder = folder
        self.data = folder / "data"
        self.recipes = recipes
        self.arguments = arguments
        self.process = None

    def start(self, enabled: bool = True):
        command = [self.binary, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", "--services-recipes",
                   str(self.recipes), *(["--local-process-enabled"] if enabled else []), *self.arguments]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            serves = re.match(r"Orrery serves at http://([\d.]+):(\d+)", line)
            if serves:
                self.address = (serves.group(1), int(serves.group(2)))
                break
        else:
            raise AssertionError(f"it does not start: {(self.folder / 'server.log').read_text()}")
        threading.Thread(target=_drain, args=(self.process.stdout,), daemon=True).start()
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def call(self, method: str, path: str, body=None, headers=None):
        """(status, parsed body)"""
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def create(self, recipe: str, **config) -> str:
        status, service = self.call("POST", "/api/v1/services", {"recipe_name": recipe, "config": config})
        assert status == 200, (status, service)
        return service["id"]

    def status(self, service: str) -> str:
        return self.call("GET", f"/api/v1/services/{service}/status")[1]["status"]

    def logs(self, service: str) -> str:
        return self.call("GET", f"/api/v1/services/{service}/logs")[1]["logs"]

    def details(self, service: str):
        """What operators see."""
        key = (self.data / "operator.key").read_text().splitlines()[0]
        return self.call("GET", f"/orrery/v1/services/{service}", headers={"Authorization": f"Bearer {key}"})[1]

    def await_status(self, service: str, *wanted: str, timeout: float = 60):
        deadline = time.monotonic() + timeout
        while (status := self.status(service)) not in wanted:
            if time.monotonic() > deadline:
                raise AssertionError(f"{service} is {status}, not {wanted}: {self.logs(service)} {self.details(service)}")
            threading.Event().wait(0.02)
        return status

    def end_everything(self):
        """Whatever became of the test, nothing of it runs on."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def processes(self):
        """Processes of services: each carries its run directory in its environment."""
        return [pid for pid, entry in _environments() if entry.startswith(f"ORRERY_RUN={self.data.resolve()}/")]

    def processes_of(self, service: str):
        mark = f"ORRERY_RUN={self.data.resolve()}/local_process/{service}."
        return [pid for pid, entry in _environments() if entry.startswith(mark)]

    def supervisors(self):
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[1:3] == ["supervise", "--run"] and words[3].startswith(f"{self.data.resolve()}/"):
                found.append(int(folder.name))
        return found


def _environments():
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            for entry in (folder / "environ").read_bytes().decode(errors="replace").split("\0"):
                if entry.startswith("ORRERY_RUN="):
                    yield int(folder.name), entry
        except OSError:
            continue
