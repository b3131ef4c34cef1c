#!/usr/bin/env python3
"""Registers people of the GPU marketplace, renames and erases them, offers machines and asks them, and kills the server with SIGKILL meanwhile.

Checks after all kills that whoever was acknowledged can sign in by his names, that nobody has a name of another, that names of those who
are gone can be had again, that every offer that was acknowledged speaks, that questions have ended, and that `orrery log verify` is green.
"""

import argparse
import http.client
import http.server
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Server  # noqa: E402

PASSWORD = "correct-horse-7"
MODEL = "slow"
#: So few that people meet.
NAMES = [f"person{i}" for i in range(12)]


class SlowModel(http.server.BaseHTTPRequestHandler):
    """An OpenAI-compatible server that begins an answer, and ends it only when the test does."""

    protocol_version = "HTTP/1.1"
    may_end = threading.Event()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            self.wfile.write(b'data: {"choices":[{"index":0,"delta":{"content":"once "}}]}\n\n')
            self.wfile.flush()
            self.may_end.wait(120)
        except OSError:
            pass  # The server that asked is dead.

    def log_message(self, *_):
        pass


class Person:
    def __init__(self, username, email):
        self.username = username
        self.email = email
        self.id = None
        self.token = None


class Market:
    """What people were promised. Workers share it; its lock guards everything."""

    def __init__(self, server):
        self.server = server
        self.lock = threading.Lock()
        self.people = {}  # Id: person, as he was acknowledged last.
        self.doubtful = {}  # Id: what he may be called after a change that wasn't acknowledged; None: he may be gone.
        self.attempted = set()  # Usernames of registrations that weren't acknowledged, and may have succeeded.
        self.node_tokens = []
        self.questions = 0
        self.stopping = False

    def call(self, method, path, body=None, token=None, timeout=30):
        connection = http.client.HTTPConnection(*self.server.address, timeout=timeout)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Token {token}"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(text) if text else None


def register(market, source):
    person = Person(source.choice(NAMES), f"{source.choice(NAMES)}@example.org")
    try:
        status, answer = market.call("POST", "/client/register/", {
            "username": person.username, "email": person.email, "password": PASSWORD, "confirm_password": PASSWORD,
            "terms_accepted": True})
    except (OSError, http.client.HTTPException):
        with market.lock:
            market.attempted.add(person.username)
        raise
    assert status in (201, 400, 429, 503), (status, answer)
    if status == 201:
        person.id, person.token = answer["user_id"], answer["token"]
        with market.lock:
            market.people[person.id] = person


def change(market, source, person):
    """Renames, erases, or offers something, or asks."""
    kind = source.random()
    if kind < 0.6:
        return offer(market, person) if kind < 0.2 else ask(market, person)
    wished = source.choice(NAMES) if kind < 0.9 else None
    with market.lock:
        if person.id in market.doubtful or market.people.get(person.id) is not person:
            return
        market.doubtful[person.id] = (person.username, wished)
    if wished:
        status, answer = market.call("PATCH", f"/client/list/{person.id}/", {"user": {"username": wished}}, person.token)
        assert status in (200, 400, 503), (status, answer)
    else:
        status, answer = market.call("DELETE", f"/client/list/{person.id}/", None, person.token)
        assert status in (204, 503), (status, answer)
    with market.lock:
        if status == 200:
            person.username = wished
        if status == 204:
            del market.people[person.id]
        if status != 503:
            del market.doubtful[person.id]


def settle_doubts(market):
    """Nobody is called otherwise than he was or wished."""
    for id, names in market.doubtful.items():
        person = market.people[id]
        status, row = market.call("GET", f"/client/list/{id}/", None, person.token)
        if status == 200:
            person.username = row["user"]["username"]
            assert person.username in names, (id, names, row)
        else:
            assert status in (401, 404) and None in names, (id, names, status, row)
            del market.people[id]
    market.doubtful.clear()


def offer(market, person):
    port = market.model.server_address[1]
    machine = {"user": person.id, "model_name": MODEL, "gpu_info": "RTX 4090", "cpu_name": "x", "cpu_core": 4,
               "cpu_frequency": 2000, "total_memory": 16, "total_swap": 0, "ram": 16, "os_name": "Linux",
               "os_version": "6", "endpoint": f"http://127.0.0.1:{port}"}
    status, answer = market.call("POST", "/llm_models/register/", machine, person.token)
    # Somebody else may have erased him meanwhile.
    assert status in (201, 400, 401, 404, 503), (status, answer)
    if status == 201:
        with market.lock:
            market.node_tokens.append((person.id, answer["node_token"]))


def ask(market, person):
    """Goes away after a moment, or is cut off by the kill."""
    try:
        market.call("POST", "/inference/", {"client": person.id, "question_text": "what?", "desired_model": MODEL},
                    person.token, timeout=0.3)
    except TimeoutError:
        pass
    with market.lock:
        market.questions += 1


def work(market, seed):
    source = random.Random(seed)
    while not market.stopping:
        try:
            with market.lock:
                people = list(market.people.values())
            if people and source.random() < 0.7:
                change(market, source, source.choice(people))
            else:
                register(market, source)
        except (OSError, http.client.HTTPException):
            return  # The server died.


def live(market, seed, kill_count, span):
    """Some workers between two kills."""
    source = random.Random(seed)
    for life in range(kill_count):
        workers = [threading.Thread(target=work, args=(market, f"{seed}-{life}-{i}")) for i in range(6)]
        for worker in workers:
            worker.start()
        time.sleep(source.uniform(0.3, span))
        market.server.kill()
        for worker in workers:
            worker.join()
        market.server.start()
        settle_doubts(market)


def check(market):
    people = list(market.people.values())
    assert people, "nobody was registered"
    usernames = [person.username for person in people]
    assert len(set(usernames)) == len(usernames), usernames
    assert len({person.email for person in people}) == len(people)
    for person in people:
        status, row = market.call("GET", f"/client/list/{person.id}/", None, person.token)
        assert status == 200, (person.id, status, row)
        assert row["user"]["username"] == person.username, (person.username, row)
        assert row["user"]["email"] == person.email, (person.email, row)
        status, rows = market.call("GET", "/inference/", None, person.token)
        assert status == 200 and all(row["answer_text"] for row in rows), rows
    living = {person.id for person in people}
    for owner, token in market.node_tokens:
        status, answer = market.call("POST", "/llm_models/heartbeat/", {"node_token": token})
        assert status == 200 if owner in living else status in (200, 404), (owner, status, answer)
    return len(people)


def check_names(market):
    """Every name that nobody has can be had: none was kept by who is gone."""
    for number, name in enumerate(NAMES):
        body = {"username": name, "email": f"new{number}@example.org", "password": PASSWORD,
                "confirm_password": PASSWORD, "terms_accepted": True}
        status, answer = market.call("POST", "/client/register/", body)
        has_owner = any(person.username == name for person in market.people.values())
        assert status == (400 if has_owner else 201) or name in market.attempted, (name, status, answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--span", type=float, default=2.5, help="seconds of the longest life")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowModel)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="orrery-kill-marketplace-") as folder:
        data = Path(folder) / "data"
        server = Server(arguments.binary, data, "--gpushare-endpoints", "anywhere", "--gpushare-approve-providers", "at_once")
        server.start()
        try:
            market = Market(server)
            market.model = model
            live(market, arguments.seed, arguments.kills, arguments.span)
            person_count = check(market)
            check_names(market)
            assert server.stop() == 0
        finally:
            if server.process.poll() is None:
                server.kill()
        SlowModel.may_end.set()
        subprocess.run([arguments.binary, "log", "verify", "--data", str(data)], check=True, stdout=subprocess.DEVNULL)
    model.shutdown()
    print(f"{person_count} people and {len(market.node_tokens)} offers after {arguments.kills} kills; "
          f"{market.questions} questions")


if __name__ == "__main__":
    main()
