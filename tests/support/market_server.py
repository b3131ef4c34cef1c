"""A real `orrery serve` process with a marketplace, people of it, and real `orrery agent` processes."""

import http.client
import json
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Person:
    id: int
    username: str
    password: str
    token: str


def _drain(output):
    """So that the process never blocks on a full pipe."""
    with output:
        output.read()


class MarketServer:
    """Starts on an ephemeral port (or, once more, on the same), and is killed or stopped."""

    def __init__(self, binary: str, folder: Path, *arguments: str):
        self.binary = binary
        self.folder = folder
        self.data = folder / "data"
        self.arguments = arguments
        self.process = None

    def start(self, port: int = 0, *arguments: str):
        command = [self.binary, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{port}", *self.arguments, *arguments]
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
        self.key = (self.data / "operator.key").read_text().splitlines()[0]

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def request(self, method: str, path: str, body, authorization):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        headers = {"Authorization": authorization} if authorization else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection.request(method, path, body, headers)
        return connection, connection.getresponse()

    def call(self, method: str, path: str, body=None, token=None):
        """(status, parsed body)"""
        connection, response = self.request(method, path, body, f"Token {token}" if token else None)
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def admin(self, method: str, path: str, body=None):
        """As an operator."""
        connection, response = self.request(method, path, body, f"Bearer {self.key}")
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def stream(self, path: str, body, token):
        """The lines of a stream, each as it comes, but for the empty ones that keep it alive."""
        connection, response = self.request("POST", path, body, f"Token {token}")
        assert response.status == 201, (response.status, response.read())
        while line := response.readline():
            if line.strip() and (parsed := json.loads(line)) != {"token": ""}:
                yield parsed
        connection.close()

    def register(self, username: str) -> Person:
        password = f"the password of {username}"
        status, answer = self.call("POST", "/client/register/", {
            "username": username, "email": f"{username}@example.com", "password": password, "confirm_password": password,
            "terms_accepted": True})
        assert status == 201, answer
        return Person(answer["user_id"], username, password, answer["token"])

    def approve(self, person: Person):
        status, answer = self.admin("POST", f"/orrery/v1/clients/{person.id}/approve")
        assert status == 200, answer

    def approve_when_provider(self, person: Person, become_provider):
        become_provider()
        self.approve(person)

    def await_that(self, condition, what: str, timeout: float = 30):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {timeout} s: {what}; {(self.folder / 'server.log').read_text()[-2000:]}")
            threading.Event().wait(0.02)


class Agent:
    """A real `orrery agent` in front of a model server."""

    def __init__(self, binary: str, folder: Path, server: MarketServer, person: Person, model: str, openai: str, *arguments: str):
        folder.mkdir()
        self.folder = folder
        (folder / "password").write_text(person.password + "\n")
        self.command = [binary, "agent", "--server", server.url, "--username", person.username, "--password-file",
                        str(folder / "password"), "--model", model, "--openai", openai, *arguments]
        self.process = None

    def start(self):
        """Until its node is registered."""
        with open(self.folder / "agent.log", "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            if line.startswith("Orrery agent: node"):
                break
        else:
            raise AssertionError(f"no agent: {self.log()}")
        threading.Thread(target=_drain, args=(self.process.stdout,), daemon=True).start()

    def log(self) -> str:
        return (self.folder / "agent.log").read_text()

    def await_log(self, words: str, timeout: float = 30):
        deadline = time.monotonic() + timeout
        while words not in self.log():
            assert time.monotonic() < deadline, self.log()
            threading.Event().wait(0.02)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
