#!/usr/bin/env python3
"""Measures a whole server over HTTP, against its peers in turn and under the same load; prints JSON lines.

http_bench.py get-vm    GET of one VM, beside nginx with the same bytes from a file
http_bench.py post-vm   POST of a VM, durable and with its whole life behind it, beside puts to etcd
http_bench.py restart   from the start of the process until it serves, with a million events in the log
http_bench.py post-service    POST of a service, durable and with its life on the simulated driver behind it
http_bench.py list-services   GET of the list of 10,000 services
"""

import argparse
import http.client
import json
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from orrery_server import Client, Server  # noqa: E402
from peers import wrk  # noqa: E402
from peers.etcd import Etcd  # noqa: E402
from peers.nginx import Nginx  # noqa: E402

BODY = {"name": "node-01", "type": "l40s-48gb.1x", "location": "us-east1-a",
        "image": "ubuntu22.04-nvidia-pcie-docker", "ssh_public_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"}
# Every location and four types of one GPU, so that the whole fleet takes part.
CREATE_SCRIPT = """
local types = {"l40s-48gb.1x", "a100-80gb.1x", "a100.1x", "a40.1x"}
local locations = {"us-east1-a", "us-northcentral1-a", "us-southcentral1-a"}
local count = 0
function request()
  count = count + 1
  local body = string.format('{"name":"node-%d","type":"%s","location":"%s","image":"ubuntu22.04-nvidia-pcie-docker",'
    .. '"ssh_public_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"}',
    count, types[count % 4 + 1], locations[math.floor(count / 4) % 3 + 1])
  return wrk.format("POST", nil, nil, body)
end
"""

# As small as a service may be, so that many run at once.
SERVICE = {"recipe_name": "inference/vllm", "config": {"resources": {"gpu": None, "cpu": 1, "memory": "64M"}}}


def alternate(rounds, ours, peer):
    """Medians of rate and p99, ours and the peer's, measured in turn."""
    pairs = [(ours(), peer()) for _ in range(rounds)]
    medians = lambda side: wrk.Load(statistics.median(pair[side].requests_per_s for pair in pairs),
                                    statistics.median(pair[side].p99_ms for pair in pairs))
    return medians(0), medians(1)


def report(bench, ours, peer_name, peer):
    print(json.dumps({
        "bench": bench, "unit": "requests/s", "measured": round(ours.requests_per_s), "p99_ms": round(ours.p99_ms, 2),
        "peer": peer_name, "peer_measured": round(peer.requests_per_s), "peer_p99_ms": round(peer.p99_ms, 2),
        "ratio": round(ours.requests_per_s / peer.requests_per_s, 2)}), flush=True)


def headers(client):
    return (f"Authorization: Bearer {client.key}", "Content-Type: application/json")


def get_vm(arguments, folder):
    server = Server(arguments.binary, folder / "data", "--time-scale", "1000")
    server.start()
    nginx = None
    try:
        client = Client(server)
        status, answer = client.call("POST", "/vms", BODY)
        assert status == 200, answer
        operation, vm = answer["operation"]["operation_id"], answer["operation"]["metadata"]["id"]
        while client.call("GET", f"/vms/operations/{operation}")[1]["state"] == "IN_PROGRESS":
            pass
        nginx = Nginx(folder / "nginx", json.dumps(client.call("GET", f"/vms/{vm}")[1], separators=(",", ":")).encode())
        url = "http://{}:{}{}/vms/{}".format(*server.address, client.project, vm)
        report("get-vm", *alternated(arguments, lambda: wrk.run(url, arguments.seconds, headers(client)), "nginx",
                                     lambda: wrk.run(nginx.url, arguments.seconds, headers(client))))
    finally:
        server.kill()
        if nginx:
            nginx.stop()


def alternated(arguments, ours, peer_name, peer):
    our_load, peer_load = alternate(arguments.rounds, ours, peer)
    return our_load, peer_name, peer_load


def post_vm(arguments, folder):
    server = Server(arguments.binary, folder / "data", "--time-scale", "1000", "--dev-nodes", str(arguments.nodes))
    server.start()
    etcd = Etcd(folder / "etcd")
    try:
        client = Client(server)
        url = "http://{}:{}{}/vms".format(*server.address, client.project)
        put = Etcd.script(json.dumps(BODY).encode())
        report("post-vm", *alternated(arguments,
                                      lambda: wrk.run(url, arguments.seconds, headers(client), CREATE_SCRIPT), "etcd",
                                      lambda: wrk.run(etcd.url, arguments.seconds, (), put)))
    finally:
        server.kill()
        etcd.stop()


def restart(arguments, folder):
    server = Server(arguments.binary, folder / "data", "--time-scale", "1000", "--dev-nodes", str(arguments.nodes))
    server.start()
    try:
        while (events := log_head(server)) < arguments.events:
            client = Client(server)
            url = "http://{}:{}{}/vms".format(*server.address, client.project)
            wrk.run(url, arguments.seconds, headers(client), CREATE_SCRIPT)
        assert server.stop() == 0
        times = []
        for _ in range(arguments.rounds):
            start = time.monotonic()
            server.start()
            times.append(time.monotonic() - start)
            events = log_head(server)
            assert server.stop() == 0
        print(json.dumps({"bench": "restart", "unit": "s", "measured": round(statistics.median(times), 2),
                          "events": events, "nodes": arguments.nodes}), flush=True)
    finally:
        server.kill()


def post_service(arguments, folder):
    server = Server(arguments.binary, folder / "data", "--time-scale", "1000")
    server.start()
    try:
        url = "http://{}:{}/api/v1/services".format(*server.address)
        script = f"wrk.method = 'POST'\nwrk.body = [[{json.dumps(SERVICE)}]]\n"
        loads = [wrk.run(url, arguments.seconds, ("Content-Type: application/json",), script) for _ in range(arguments.rounds)]
        print(json.dumps({"bench": "post-service", "unit": "requests/s",
                          "measured": round(statistics.median(load.requests_per_s for load in loads)),
                          "p99_ms": round(statistics.median(load.p99_ms for load in loads), 2)}), flush=True)
    finally:
        server.kill()


def list_services(arguments, folder):
    server = Server(arguments.binary, folder / "data", "--time-scale", "1000")
    server.start()
    try:
        create_services(server, arguments.services)
        connection = http.client.HTTPConnection(*server.address)
        times = []
        for _ in range(100):
            start = time.monotonic()
            connection.request("GET", "/api/v1/services")
            body = connection.getresponse().read()
            times.append(time.monotonic() - start)
        count = len(json.loads(body))
        assert count == arguments.services, count
        print(json.dumps({"bench": "list-services", "unit": "ms", "measured": round(statistics.median(times) * 1000, 2),
                          "p99_ms": round(statistics.quantiles(times, n=100)[98] * 1000, 2), "services": count,
                          "bytes": len(body)}), flush=True)
    finally:
        server.kill()


def create_services(server, count, connections=16):
    def create(part):
        connection = http.client.HTTPConnection(*server.address)
        for _ in range(part, count, connections):
            connection.request("POST", "/api/v1/services", json.dumps(SERVICE), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(create, range(connections)))


def log_head(server):
    with urllib.request.urlopen("http://{}:{}/readyz".format(*server.address)) as answer:
        return json.load(answer)["log_head"]


BENCHES = {"get-vm": get_vm, "post-vm": post_vm, "restart": restart, "post-service": post_service,
           "list-services": list_services}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", choices=sorted(BENCHES))
    parser.add_argument("--binary", default="build/release/orrery")
    parser.add_argument("--seconds", type=int, default=5, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nodes", type=int, default=16000, help="of the fleet: enough GPUs for every VM of post-vm")
    parser.add_argument("--services", type=int, default=10_000, help="in the list of list-services")
    parser.add_argument("--events", type=int, default=1_000_000, help="in the log before restart is measured")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="orrery-bench-"))
    try:
        BENCHES[arguments.bench](arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
