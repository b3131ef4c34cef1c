#!/usr/bin/env python3
"""A person of the GPU marketplace leaves: nothing that he ever said is found anywhere afterwards, and the log verifies."""

import base64
import http.client
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Server  # noqa: E402

BINARY = os.environ.get("ORRERY") or str(Path(__file__).resolve().parents[2] / "build/release/orrery")
MODEL = "tiny-llama-of-the-neighbourhood"


class ModelServer(http.server.BaseHTTPRequestHandler):
    """An OpenAI-compatible server; it answers each question with the planted answer to it."""

    protocol_version = "HTTP/1.1"
    answers = {}
    #: The question that is answered only when it may be.
    slow_question = None
    slow_has_come = threading.Event()
    slow_may_go = threading.Event()

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = body["messages"][-1]["content"]
        answer = self.answers[question]
        if question == self.slow_question:
            self.slow_has_come.set()
            self.slow_may_go.wait(60)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for piece in (answer[:7], answer[7:]):
                line = json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]})
                self.wfile.write(f"data: {line}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")
        except OSError:
            pass  # Nobody waits for it any more.

    def log_message(self, *_):
        pass


#: What the person says, and nobody may find again.
PLANTED = {
    "username": "wilhelmina.planted",
    "email": "wilhelmina@planted-mail.example",
    "password": "planted-Password-7351",
    "phone_no": "+49301846253",
    "new username": "hortensia.planted",
    "new email": "hortensia@planted-post.example",
    "new phone_no": "+49301999777",
    "new password": "planted-Password-9862",
    "ip": "127.86.53.9",
    "endpoint": "planted-endpoint-4431",
    "question 1": "Is the planted rash on my left knee contagious?",
    "question 2": "How do I tell my planted employer that I am leaving?",
    "question 3": "Which planted lawyer in Lyon handles divorces?",
    "question 4": "A planted question that no node ever takes",
    "edited question": "The planted question as it was edited later",
    "answer 1": "Planted answer: show the knee to a physician.",
    "answer 2": "Planted answer: write a short letter of notice.",
    "answer 3": "Planted answer: ask the bar association of Lyon.",
    "answer of another": "Planted answer for the guest: forty-two pears.",
    "slow question": "A planted question that is under way when he leaves",
    "slow answer": "Planted answer that comes too late",
    "question of another": "What does the planted guest want for dinner?",
}
#: What others say on his node, and everything that is no personal data, stays. (His guest is erased as well.)
KEPT = ["keeper@kept-mail.example", "The kept question of somebody who stays"]


def forms_of(text):
    """As it is, and in the encodings that a program might leave behind."""
    raw = text.encode()
    yield raw
    yield json.dumps(text)[1:-1].encode()
    yield raw.hex().encode()
    yield text.replace("@", "%40").replace(" ", "+").encode()
    yield text.replace("@", "%40").replace(" ", "%20").encode()
    for offset in range(3):  # Base64 at any place of a longer text, without the characters that mix.
        encoded = base64.b64encode(b"x" * offset + raw)
        yield encoded[4 if offset else 0:-4]


def at(path, moment):
    return path if not moment else f"{path}{'&' if '?' in path else '?'}{moment}"


class Erasure(unittest.TestCase):
    #: A position at which he was there.
    then = None

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-erasure-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = self.folder / "data"
        self.model_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
        threading.Thread(target=self.model_server.serve_forever, daemon=True).start()
        self.addCleanup(self.model_server.server_close)
        self.addCleanup(self.model_server.shutdown)
        self.server = Server(BINARY, self.data, "--gpushare-endpoints", "anywhere", "--gpushare-approve-providers",
                             "at_once")
        self.server.start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.kill())

    def ask(self, method, path, body=None, token=None, source="127.0.0.1", good=True):
        connection = http.client.HTTPConnection(*self.server.address, timeout=60, source_address=(source, 0))
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = token
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        if good:
            self.assertLess(response.status, 300, f"{method} {path}: {text}")
        if path.startswith("/inference/stream/"):
            return text
        return json.loads(text) if text.startswith(("{", "[")) else text

    def registered(self, username, email, password, source="127.0.0.1"):
        """(id, header of his token)."""
        self.ask("POST", "/client/register/", {"username": username, "email": email, "password": password,
                                               "confirm_password": password, "terms_accepted": True}, source=source)
        answer = self.ask("POST", "/client/login/", {"email": email, "password": password}, source=source)
        return answer["user_id"], f"Token {answer['token']}"

    def operator(self):
        return f"Bearer {self.server.credentials['orrery']['operator_key']}"

    def run_log(self, *arguments):
        done = subprocess.run([BINARY, "log", *map(str, arguments), "--data", self.data], capture_output=True,
                              timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout + done.stderr

    def live_a_life(self):
        """Says everything that is planted; returns (id, token, id of the guest)."""
        ip = PLANTED["ip"]
        client, token = self.registered(PLANTED["username"], PLANTED["email"], PLANTED["password"], ip)
        me = f"/client/list/{client}/"
        self.ask("PATCH", me, {"phone_no": PLANTED["phone_no"]}, token, ip)
        self.ask("PATCH", me, {"user": {"username": PLANTED["new username"], "email": PLANTED["new email"]},
                               "phone_no": PLANTED["new phone_no"]}, token, ip)
        taken = {"username": PLANTED["new username"], "email": "refused@planted.example", "password": "planted-Password-5",
                 "confirm_password": "planted-Password-5", "terms_accepted": True}
        self.assertIn("username", self.ask("POST", "/client/register/", taken, good=False), "and no key stays of it")
        shown = self.ask("GET", me, None, token, ip)
        self.assertEqual((shown["user"]["username"], shown["user"]["email"], shown["phone_no"], shown["ip"]),
                         (PLANTED["new username"], PLANTED["new email"], PLANTED["new phone_no"], ip))

        endpoint = f"http://127.0.0.1:{self.model_server.server_port}/{PLANTED['endpoint']}/v1"
        self.ask("POST", "/llm_models/register/", {
            "user": client, "model_name": MODEL, "gpu_info": "NVIDIA GeForce RTX 4090", "cpu_name": "EPYC",
            "cpu_core": 8, "cpu_frequency": 3000, "total_memory": 64, "total_swap": 0, "ram": 64, "os_name": "Linux",
            "os_version": "6.1", "endpoint": endpoint}, token, ip)
        ModelServer.answers = {PLANTED[f"question {n}"]: PLANTED[f"answer {n}"] for n in (1, 2, 3)}
        ModelServer.answers[PLANTED["question of another"]] = PLANTED["answer of another"]
        ModelServer.answers[KEPT[1]] = "A kept answer."
        for number in (1, 2):
            row = self.ask("POST", "/inference/", self.question(client, number), token, ip)
            self.assertEqual(row["answer_text"], PLANTED[f"answer {number}"])
        lines = self.ask("POST", "/inference/stream/", self.question(client, 3), token, ip)
        self.assertIn(PLANTED["answer 3"][:7], lines)
        self.ask("PATCH", f"/inference/{row['id']}/", {"question_text": PLANTED["edited question"]}, token, ip)
        self.ask("POST", "/inference/", {**self.question(client, 4), "desired_model": "nobody-has-it"}, token, ip,
                 good=False)

        guest, guest_token = self.registered("guest.planted", "guest@planted-inn.example", "planted-Guest-1234")
        self.ask("POST", "/inference/", {"client": guest, "question_text": PLANTED["question of another"],
                                         "desired_model": MODEL}, guest_token)
        keeper, keeper_token = self.registered("keeper", KEPT[0], "a password that is kept")
        self.ask("POST", "/inference/", {"client": keeper, "question_text": KEPT[1], "desired_model": MODEL},
                 keeper_token)
        return client, token, guest, keeper

    def question(self, client, number):
        return {"client": client, "question_text": PLANTED[f"question {number}"], "desired_model": MODEL}

    def ask_slowly(self, client, token):
        """A thread with a question that has reached the model."""
        question = PLANTED["slow question"]
        ModelServer.slow_question = question
        ModelServer.answers[question] = PLANTED["slow answer"]
        body = {"client": client, "question_text": question, "desired_model": MODEL}
        thread = threading.Thread(target=self.ask, args=("POST", "/inference/", body, token), kwargs={"good": False})
        thread.start()
        self.assertTrue(ModelServer.slow_has_come.wait(60))
        return thread

    def surfaces(self):
        """Everything that the running server shows to those who may see everything, by name: now, and as of when
        he was there."""
        yield "/metrics", self.shown("/metrics", self.operator())
        yield "/llm_models/all-models/", self.shown("/llm_models/all-models/", self.admin)
        for moment in ("", f"as_of={self.then}") if self.then else ("",):
            for path in ("/orrery/v1/clients", "/orrery/v1/shared-nodes", "/orrery/v1/usage", "/orrery/v1/nodes",
                         "/orrery/v1/events?limit=1000"):
                yield f"{path} {moment}".strip(), self.shown(at(path, moment), self.operator())
            for path in ("/client/list/", "/gpu/list/", "/inference/"):
                yield f"{path} {moment}".strip(), self.shown(at(path, moment), self.admin)
        yield "program log", (self.folder / "server.log").read_bytes()

    def shown(self, path, token):
        answer = self.ask("GET", path, None, token)
        return (answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)).encode()

    def files(self):
        for path in sorted(self.data.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(self.data)), path.read_bytes()

    def exports(self):
        target = self.folder / "export.jsonl"
        yield "log export's words", self.run_log("export", target)
        yield "log export", target.read_bytes()
        target.unlink()
        for stream in {json.loads(line)["stream"] for line in self.run_log_lines()}:
            yield f"log show {stream}", self.run_log("show", stream)
        yield "log verify", self.run_log("verify")

    def run_log_lines(self):
        target = self.folder / "streams.jsonl"
        self.run_log("export", target)
        lines = [line for line in target.read_text().splitlines() if '"stream"' in line]
        target.unlink()
        return [line for line in lines if any(kind in json.loads(line).get("stream", "") for kind in (
            "client/", "handle/", "shared_node/", "gpu_record/", "inference/"))]

    def search(self, places, when):
        for name, content in places:
            for what, text in PLANTED.items():
                for form in forms_of(text):
                    self.assertNotIn(form, content, f"{when}: the {what} is in {name}")

    def keys(self):
        return {path.name: path.read_bytes() for path in (self.data / "keys").iterdir() if path.exists()}

    def keys_at_last(self, count):
        """Once there are so many."""
        for _ in range(100):
            keys = self.keys()
            if len(keys) == count:
                return keys
            time.sleep(0.1)
        self.fail(f"{len(keys)} keys where {count} were expected")

    def test_nothing_of_an_erased_person_is_found(self):
        boss, self.admin = self.registered("boss", "boss@kept-mail.example", "a password of the boss")
        self.ask("POST", f"/orrery/v1/clients/{boss}/role", {"role": "admin"}, self.operator())
        keys_before = set(self.keys())
        client, token, guest, keeper = self.live_a_life()
        keys_of_life = self.keys_at_last(len(keys_before) + 3)  # The refused person's goes in a moment.
        shown = b"".join(content for _, content in self.surfaces())
        for what in ("new username", "new email", "question 1", "edited question", "answer 1", "answer 3"):
            self.assertIn(PLANTED[what].encode(), shown, "the search would find it")
        self.then = self.ask("GET", "/readyz")["views_applied"]
        # Not even before the erasure does any of it stand on disk or in an export.
        self.search(self.files(), "while he is there")

        under_way = self.ask_slowly(client, token)
        self.ask("DELETE", f"/client/list/{client}/", None, token)
        ModelServer.slow_may_go.set()
        under_way.join()
        self.ask("DELETE", f"/orrery/v1/clients/{guest}", None, self.operator())
        left = set(self.keys())
        self.assertEqual(len(left), len(keys_before) + 1)
        self.assertEqual(self.ask("GET", "/client/list/", None, token, good=False)["detail"], "Invalid token.")
        self.search(self.surfaces(), "erased")
        self.search(self.files(), "erased")

        self.server.kill()
        self.server.start()
        self.search(self.surfaces(), "after a kill")
        self.assertEqual(self.server.stop(), 0)
        self.search(self.files(), "stopped, with snapshots")
        self.search(self.exports(), "exported")

        # A kill between the event and the key leaves the key: the next start erases it.
        for name in set(keys_of_life) - left:
            (self.data / "keys" / name).write_bytes(keys_of_life[name])
        self.server.start()
        self.assertEqual(set(self.keys()), left)
        self.search(self.surfaces(), "after a start with the key")
        kept = dict(self.surfaces())
        self.assertIn(KEPT[0].encode(), kept["/client/list/"])
        self.assertIn(KEPT[1].encode(), kept["/inference/"])
        self.assertIn(f'"client_id": "{keeper}"'.encode(), kept["/orrery/v1/usage"])
        self.assertIn(f'"client_id": "{client}"'.encode(), kept["/orrery/v1/usage"], "what was used is still owed")

        # His names are free again.
        self.await_free_name()
        self.assertEqual(self.server.stop(), 0)
        self.run_log("verify")

    def await_free_name(self):
        """The names are released by a process, in a moment."""
        for _ in range(100):
            answer = self.ask("POST", "/client/register/", {
                "username": PLANTED["new username"], "email": "other@example.org", "password": "another-Password-1",
                "confirm_password": "another-Password-1", "terms_accepted": True}, good=False)
            if "username" not in answer or not isinstance(answer["username"], list):
                return
            time.sleep(0.1)
        self.fail("the name is never free")


if __name__ == "__main__":
    unittest.main()
