#!/usr/bin/env python3
"""What a thousand shared nodes cost that speak every 30 seconds, each on a connection of its own, all at once; prints a JSON line.

The processor time of the server is taken over some such moments, and that of the same span without heartbeats is taken off.
"""

import argparse
import http.client
import json
import os
import socket
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from orrery_server import Server  # noqa: E402

INTERVAL_S = 30
# That one person may offer.
NODES_OF_ONE = 100


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def post(server, path, body, headers=None):
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **(headers or {})})
    answer = connection.getresponse()
    parsed = json.loads(answer.read())
    if answer.status not in (200, 201):
        raise AssertionError(parsed)
    return parsed


def sign_up(server, number):
    """A person with a token and an id."""
    name = f"provider{number}"
    person = {"username": name, "email": f"{name}@example.org", "password": "correct-horse-7",
              "confirm_password": "correct-horse-7", "terms_accepted": True}
    post(server, "/client/register/", person)
    return post(server, "/client/login/", {"email": person["email"], "password": person["password"]})


def register_node(server, provider):
    """Its token."""
    machine = {"user": provider["user_id"], "model_name": "heartbeats", "gpu_info": "none", "cpu_name": "x", "cpu_core": 4,
               "cpu_frequency": 2000, "total_memory": 16, "total_swap": 0, "ram": 16, "os_name": "Linux", "os_version": "6"}
    return post(server, "/llm_models/register/", machine, {"Authorization": f"Token {provider['token']}"})["node_token"]


def request_of(address, node_token):
    body = json.dumps({"node_token": node_token})
    return (f"POST /llm_models/heartbeat/ HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


def speak(nodes):
    """All of them at once, and every answer is read."""
    for connection, request in nodes:
        connection.sendall(request)
    for connection, _ in nodes:
        answer = connection.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise AssertionError(answer)


def measure(server, node_count, rounds):
    providers = [sign_up(server, number) for number in range((node_count + NODES_OF_ONE - 1) // NODES_OF_ONE)]
    with ThreadPoolExecutor(8) as registrations:
        tokens = list(registrations.map(lambda i: register_node(server, providers[i // NODES_OF_ONE]), range(node_count)))
    nodes = [(socket.create_connection(server.address), request_of(server.address, token)) for token in tokens]
    speak(nodes)
    pid = server.process.pid
    started, before = time.monotonic(), cpu_seconds(pid)
    for _ in range(rounds):
        speak(nodes)
    span, used = time.monotonic() - started, cpu_seconds(pid) - before
    before = cpu_seconds(pid)
    time.sleep(span)
    used -= cpu_seconds(pid) - before
    return used / rounds, span / rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--nodes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="orrery-heartbeats-") as folder:
        server = Server(arguments.binary, Path(folder) / "data")
        server.start()
        try:
            used, span = measure(server, arguments.nodes, arguments.rounds)
        finally:
            server.stop()
    print(json.dumps({"bench": "heartbeats over HTTP", "unit": "percent of a core",
                      "measured": round(used / INTERVAL_S * 100, 3), "node_count": arguments.nodes,
                      "interval_s": INTERVAL_S, "heartbeat_us": round(used / arguments.nodes * 1e6, 1),
                      "all_answered_ms": round(span * 1000, 1)}))


if __name__ == "__main__":
    main()
