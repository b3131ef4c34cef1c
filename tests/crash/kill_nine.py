#!/usr/bin/env python3
"""Loads a real server with creates and deletes, kills it with SIGKILL again and again, and looks at what it kept.

Checks after each restart that every acknowledged operation is there, and that a create repeated with its
Idempotency-Key is answered as before; at the end that every operation has ended, that the feed was gapless across all
kills, that nothing is doubled (history.py), and that API, `orrery log verify` and `orrery log export` agree with it.
"""

import argparse
import http.client
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import history
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Client, Feed, Server  # noqa: E402

TYPES = ("l40s-48gb.1x", "l40s-48gb.2x", "a100-80gb.4x", "a100.8x", "a40.1x", "l40s-48gb.10x")
LOCATIONS = ("us-east1-a", "us-northcentral1-a", "us-southcentral1-a")


class Load:
    """What clients were promised. Workers share it; its lock guards everything."""

    def __init__(self):
        self.lock = threading.Condition()
        self.operations = {}  # Operation id: (VM id, "CREATE" or "DELETE").
        self.keyed = {}  # Idempotency key: (request body, operation id).
        self.vms = set()  # Created and not yet asked to be deleted.
        self.stopping = False

    def acknowledge(self, answer, kind):
        operation = answer["operation"]
        vm = operation["metadata"]["id"]
        with self.lock:
            self.operations[operation["operation_id"]] = (vm, kind)
            if kind == "CREATE":
                self.vms.add(vm)
            self.lock.notify_all()
        return operation["operation_id"]

    def wait_for(self, count):
        with self.lock:
            return self.lock.wait_for(lambda: len(self.operations) >= count, timeout=120)


def create_body(random_source, number):
    return {"name": f"node-{number}", "type": random_source.choice(TYPES), "location": random_source.choice(LOCATIONS),
            "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-rsa AAAAB..."}


def work(server, load, random_source):
    """One client, until the server dies under it or the load ends."""
    client = Client(server)
    try:
        while not load.stopping:
            with load.lock:
                vm = random_source.choice(sorted(load.vms)) if load.vms and random_source.random() < 0.5 else None
                load.vms.discard(vm)
            if vm is not None:
                status, answer = client.call("DELETE", f"/vms/{vm}")
                if status == 200:
                    load.acknowledge(answer, "DELETE")
                else:  # It never ran: the API shows a VM that found no GPUs as its operation's failure alone.
                    assert status == 404, (status, answer)
                continue
            number = random_source.getrandbits(64)
            key = f"key-{number}" if random_source.random() < 0.5 else None
            body = create_body(random_source, number)
            status, answer = client.call("POST", "/vms", body, key)
            assert status == 200, (status, answer)
            operation = load.acknowledge(answer, "CREATE")
            if key is not None:
                with load.lock:
                    load.keyed[key] = (body, operation)
    except (OSError, http.client.HTTPException):
        pass  # Killed. What was not acknowledged may have happened or not.


def check_promises(server, load):
    client = Client(server)
    for operation, (vm, kind) in load.operations.items():
        status, answer = client.call("GET", f"/vms/operations/{operation}")
        assert status == 200, f"operation {operation} was acknowledged and is gone: {status} {answer}"
        assert answer["metadata"]["id"] == vm and answer["metadata"]["operation_name"] == kind, answer
    for key, (body, operation) in load.keyed.items():
        status, answer = client.call("POST", "/vms", body, key)
        assert status == 200 and answer["operation"]["operation_id"] == operation, (key, operation, status, answer)


def one_life(server, load, feed, seed, round_number):
    """Starts, checks what was promised before, loads, and kills in the middle of it."""
    random_source = random.Random(f"{seed}/{round_number}")
    server.start()
    feed.running.set()
    check_promises(server, load)
    workers = [threading.Thread(target=work, args=(server, load, random.Random(f"{seed}/{round_number}/{worker}")))
               for worker in range(8)]
    for worker in workers:
        worker.start()
    reached = load.wait_for(len(load.operations) + random_source.randint(1, 150))
    feed.running.clear()
    server.kill()
    for worker in workers:
        worker.join()
    assert reached, "the server acknowledged nothing for two minutes"


def list_vms(client):
    ids, token = set(), ""
    while True:
        status, page = client.call("GET", "/vms?limit=100" + (f"&next_token={token}" if token else ""))
        assert status == 200, (status, page)
        ids |= {vm["id"] for vm in page["items"]}
        token = page.get("next_page_token")
        if not token:
            return ids


def last_life(server, load, feed, data):
    server.start()
    feed.running.set()
    check_promises(server, load)
    promised = {f"operation/{operation}" for operation in load.operations}
    everything_ended = lambda events: promised <= history.ended(events) and \
        history.started(events) == history.ended(events)
    assert feed.wait_until(everything_ended, timeout=120), \
        f"some operations never ended: {sorted(history.started(feed.events) - history.ended(feed.events))[:5]}"
    client = Client(server)
    for operation in load.operations:
        status, answer = client.call("GET", f"/vms/operations/{operation}")
        assert status == 200 and answer["state"] in ("SUCCEEDED", "FAILED"), answer
    logged = history.running(feed.events)
    listed = list_vms(client)
    assert listed == logged, f"listed and logged VMs differ: {sorted(listed ^ logged)[:5]}"
    assert server.stop() == 0, "SIGTERM must end with exit code 0"
    feed.finished = True


def check_log(binary, data, feed):
    subprocess.run([binary, "log", "verify", "--data", str(data)], check=True)
    export = data.parent / "export.jsonl"
    subprocess.run([binary, "log", "export", str(export), "--data", str(data)], check=True)
    exported = [json.loads(line) for line in export.read_text().splitlines()]
    assert exported[:len(feed.events)] == feed.events, "the export differs from the feed"
    found = list(history.violations(exported))
    assert not found, "\n".join(found[:20])
    return exported


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}; again with: tests/crash/kill_nine.py --binary {arguments.binary} "
          f"--kills {arguments.kills} --seed {arguments.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="orrery-kill-nine-"))
    data = folder / "data"
    server = Server(arguments.binary, data, "--time-scale", "20", "--dev-nodes", "24")
    load, feed = Load(), Feed(server)
    feed.start()
    try:
        for round_number in range(arguments.kills):
            one_life(server, load, feed, arguments.seed, round_number)
        last_life(server, load, feed, data)
        events = check_log(arguments.binary, data, feed)
    except BaseException:
        print(f"seed {arguments.seed} failed; data and server.log are in {folder}", file=sys.stderr)
        if server.process and server.process.poll() is None:
            server.kill()
        raise
    print(f"{arguments.kills} kills, {len(load.operations)} operations acknowledged, {len(events)} events: all kept")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
