#!/usr/bin/env python3
"""Registers webhooks, makes things happen, and kills the server with SIGKILL again and again while it delivers.

One receiver takes events one by one and refuses some at first, the other takes lists. Checks that each was sent every position that it wants
at least once and in order (what comes again was sent before), that every message is signed, and that `orrery log verify` agrees.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Client, Server  # noqa: E402


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what it takes. It refuses every `refuses`th message: that one comes again."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        """A connection breaks off where its server is killed."""

    def __init__(self, refuses=0):
        super().__init__(("127.0.0.1", 0), Handler)
        self.refuses = refuses
        self.lock = threading.Condition()
        self.secret = None
        self.count = 0
        self.taken = []
        self.unsigned = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def is_signed(self, headers, body):
        if self.secret is None:  # The answer that shows it isn't there yet.
            return True
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return f"v1,{wanted}" in headers["webhook-signature"].split(" ")

    def take(self, headers, body):
        with self.lock:
            self.count += 1
            if not self.is_signed(headers, body):
                self.unsigned.append(headers["webhook-id"])
            if self.refuses and self.count % self.refuses == 0:
                return 503
            events = json.loads(body)
            for event in events if isinstance(events, list) else [events]:
                self.taken.append(int(event["id"]))
            self.lock.notify_all()
            return 204

    def wait_for(self, position, timeout=120):
        with self.lock:
            return self.lock.wait_for(lambda: self.taken and max(self.taken) >= position, timeout)

    def first_times(self):
        with self.lock:
            return list(dict.fromkeys(self.taken))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.take(self.headers, body))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def call(server, method, path, body=None):
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    connection.request(method, "/orrery/v1" + path, json.dumps(body) if body is not None else None, {
        "Authorization": f"Bearer {server.credentials['orrery']['operator_key']}", "Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    assert response.status < 300, (response.status, text)
    return json.loads(text) if text else None


def work(server, source):
    """Somebody's VMs come and go, until the server dies."""
    client = Client(server)
    try:
        while True:
            status, created = client.call("POST", "/vms", {
                "name": f"vm-{source.getrandbits(40):x}", "type": "l40s-48gb.1x", "location": "us-east1-a",
                "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-rsa AAAAB..."})
            if status == 200 and source.random() < 0.7:
                client.call("DELETE", f"/vms/{created['operation']['metadata']['id']}")
            if status != 200:
                time.sleep(0.02)
    except (OSError, http.client.HTTPException):
        pass


def wanted_positions(server, query):
    positions, start = [], 1
    while True:
        page = call(server, "GET", f"/events?limit=1000{query}&from={start}")
        positions += [event["position"] for event in page["items"]]
        start = page["next"]
        if start > page["head"]:
            return positions


def check(server, receiver, query, own_stream):
    """Everything up to the last wanted position has come, each first time in order."""
    wanted = [position for position in wanted_positions(server, query) if position not in own_stream]
    assert receiver.wait_for(wanted[-1]), f"{wanted[-1]} never came: {receiver.first_times()[-3:]}"
    seen = [position for position in receiver.first_times() if position <= wanted[-1]]
    assert seen == wanted, f"of {len(wanted)} positions {len(seen)} came: {sorted(set(wanted) ^ set(seen))[:5]}"
    assert not receiver.unsigned, f"not signed: {receiver.unsigned[:5]}"
    return len(wanted), len(receiver.taken)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    print(f"repeat with: {sys.argv[0]} --binary {options.binary} --kills {options.kills} --seed {options.seed}")
    source = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="orrery-webhooks-"))
    single, lists = Receiver(refuses=7), Receiver()
    server = Server(options.binary, folder / "data", "--webhooks-endpoints", "anywhere", "--webhooks-retry-pause-ms", "5",
                    "--dev-nodes", "6", "--time-scale", "1000")
    server.start()
    single.secret = call(server, "POST", "/webhooks", {"url": single.url, "types": ["vm.", "operation."], "from": "1"})["secret"]
    lists.secret = call(server, "POST", "/webhooks", {"url": lists.url, "from": "1", "batch": 100})["secret"]
    for _ in range(options.kills):
        workers = [threading.Thread(target=work, args=(server, random.Random(source.random()))) for _ in range(2)]
        for worker in workers:
            worker.start()
        time.sleep(source.uniform(0.3, 1.5))
        server.kill()
        for worker in workers:
            worker.join()
        server.start()
    own_stream = set(wanted_positions(server, "&stream=webhook/"))
    for receiver, query in ((single, "&type=vm.&type=operation."), (lists, "")):
        wanted, taken = check(server, receiver, query, own_stream)
        print(f"{wanted} events wanted, {taken} taken, in order")
    assert server.stop() == 0
    subprocess.run([options.binary, "log", "verify", "--data", str(folder / "data")], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
