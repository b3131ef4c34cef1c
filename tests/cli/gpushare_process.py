#!/usr/bin/env python3
"""The marketplace as a process: agents that come, break off and leave, and the demo that answers at once.

Models are played by a small server of the test's own, which says what it is told."""

import base64
import http.client
import http.server
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from market_server import Agent, MarketServer  # noqa: E402
from orrery_server import Server  # noqa: E402

BINARY = os.environ["ORRERY"]


class Model:
    """An OpenAI-compatible server that streams words; `gate` holds it back before each but the first."""

    def __init__(self):
        self.words = ["In ", "the ", "beginning"]
        self.gate = threading.Event()
        self.gate.set()
        self.questions = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = json.dumps({"object": "list", "data": [{"id": "served-name"}]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.questions.append(asked)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                try:
                    self.write_words()
                except BrokenPipeError:
                    pass  # Its asker was killed.

            def write_words(self):
                for index, word in enumerate(outer.words):
                    if index > 0:
                        outer.gate.wait(30)
                    chunk = {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
                    self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                    self.wfile.flush()
                end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
                self.wfile.write(f"data: {json.dumps(end)}\n\ndata: [DONE]\n\n".encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


class Marketplace(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-market-"))
        self.model = Model()
        self.server = MarketServer(BINARY, self.folder)
        self.server.start()
        self.agents = []

    def tearDown(self):
        for agent in self.agents:
            agent.kill()
        self.server.kill()
        self.model.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def agent(self, person, *arguments, model="test-model"):
        agent = Agent(BINARY, self.folder / f"agent-{len(self.agents)}", self.server, person, model, self.model.url, *arguments)
        self.agents.append(agent)
        agent.start()
        return agent

    def ask(self, person, model="test-model"):
        return self.server.call("POST", "/inference/", {"client": person.id, "question_text": "What was there?",
                                                         "desired_model": model}, person.token)

    def await_model(self, person, available=True, model="test-model"):
        self.server.await_that(
            lambda: any(entry["model_id"] == model and entry["is_available"]
                        for entry in self.server.call("GET", "/llm_models/all-models/", None, person.token)[1]) == available,
            f"{model} is available: {available}")

    def test_from_the_registration_to_an_answer(self):
        ada = self.server.register("ada")
        agent = self.agent(ada)
        self.assertEqual(self.ask(ada)[0], 503)  # Nobody has approved her yet.
        self.server.approve(ada)
        self.await_model(ada)
        status, row = self.ask(ada)
        self.assertEqual((status, row["answer_text"]), (201, "In the beginning"), row)
        self.assertEqual(self.model.questions[-1]["model"], "served-name")
        self.assertEqual(self.server.call("GET", f"/inference/{row['id']}/", None, ada.token)[1], row)
        self.assertEqual(len(self.server.admin("GET", "/orrery/v1/usage")[1]["items"]), 1)
        connection, response = self.server.request("GET", "/metrics", None, None)
        self.assertIn(b"\norrery_questions_answered_total 1\n", response.read())
        connection.close()
        self.assertEqual(agent.stop(), 0)
        self.assertIn(self.ask(ada)[0], (404, 503))  # Nobody offers it any more.
        self.assertNotIn("What was there?", (self.folder / "server.log").read_text() + agent.log())
        self.assertNotIn("beginning", (self.folder / "server.log").read_text() + agent.log())

    def test_a_stream_brings_each_piece_as_it_comes(self):
        ada = self.server.register("ada")
        self.server.approve_when_provider(ada, lambda: self.agent(ada))
        self.await_model(ada)
        self.model.gate.clear()
        lines = self.server.stream("/inference/stream/", {"client": ada.id, "question_text": "What was there?",
                                                           "desired_model": "test-model"}, ada.token)
        self.assertEqual(next(lines), {"token": "In "})  # While the model is still held back.
        self.model.gate.set()
        rest = list(lines)
        self.assertEqual([line["token"] for line in rest[:-1]], ["the ", "beginning"])
        self.assertTrue(rest[-1]["done"])
        row = self.server.call("GET", f"/inference/{rest[-1]['id']}/", None, ada.token)[1]
        self.assertEqual(row["answer_text"], "In the beginning")

    def test_an_agent_that_is_killed_is_replaced_by_another_once(self):
        ada = self.server.register("ada")
        self.server.approve_when_provider(ada, lambda: self.agent(ada))
        self.await_model(ada)
        self.model.gate.clear()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(self.ask(ada)))
        asking.start()
        self.server.await_that(lambda: self.model.questions, "the model is asked")
        second = self.agent(ada)
        second.await_log("connected")
        self.agents[0].kill()
        self.server.await_that(lambda: len(self.model.questions) == 2, "the other one is asked")
        self.model.gate.set()
        asking.join()
        self.assertEqual((answers[0][0], answers[0][1]["answer_text"]), (201, "In the beginning"), answers)

    def test_an_agent_outlives_the_server(self):
        ada = self.server.register("ada")
        state = self.folder / "state.json"
        self.server.approve_when_provider(ada, lambda: self.agent(ada, "--state", str(state)))
        self.await_model(ada)
        node = json.loads(state.read_text())["node_id"]
        self.assertEqual(state.stat().st_mode & 0o777, 0o600)
        self.server.kill()
        self.server.start(self.server.address[1])
        self.await_model(ada)
        self.assertEqual(self.ask(ada)[0], 201)
        self.agents[0].kill()  # Without a word: its node stays, and the next one is the same.
        self.agent(ada, "--state", str(state))
        self.assertEqual(json.loads(state.read_text())["node_id"], node)
        self.await_model(ada)
        self.assertEqual(self.ask(ada)[0], 201)

    def test_an_agent_that_is_stopped_finishes_what_it_has(self):
        ada = self.server.register("ada")
        self.server.approve_when_provider(ada, lambda: self.agent(ada))
        self.await_model(ada)
        self.model.gate.clear()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(self.ask(ada)))
        asking.start()
        self.server.await_that(lambda: self.model.questions, "the model is asked")
        self.agents[0].process.send_signal(signal.SIGTERM)
        self.await_model(ada, available=False)
        self.model.gate.set()
        asking.join()
        self.assertEqual((answers[0][0], answers[0][1]["answer_text"]), (201, "In the beginning"), answers)
        self.assertEqual(self.agents[0].process.wait(30), 0)
        self.assertEqual(self.server.call("GET", "/llm_models/all-models/", None, ada.token)[1], [])

    def test_a_node_that_is_silent_is_given_up_and_comes_back(self):
        ada = self.server.register("ada")
        self.server.kill()
        self.server.start(self.server.address[1], "--gpushare-heartbeat-timeout", "3")
        self.server.approve_when_provider(ada, lambda: self.agent(ada))
        self.await_model(ada)
        ready = lambda: self.server.admin("GET", "/orrery/v1/nodes/shared-1")[1]["ready"]  # noqa: E731
        self.agents[0].process.send_signal(signal.SIGSTOP)
        self.server.await_that(lambda: not ready(), "it is given up")
        self.agents[0].process.send_signal(signal.SIGCONT)
        self.server.await_that(ready, "it is back")
        self.await_model(ada)
        self.assertEqual(self.ask(ada)[0], 201)

    def test_a_node_has_one_agent(self):
        ada = self.server.register("ada")
        state = self.folder / "state.json"
        self.server.approve_when_provider(ada, lambda: self.agent(ada, "--state", str(state)))
        with self.assertRaisesRegex(AssertionError, "another agent uses"):
            self.agent(ada, "--state", str(state))
        copied = self.folder / "copy.json"
        shutil.copy(state, copied)
        self.agent(ada, "--state", str(copied))
        self.assertEqual(self.agents[0].process.wait(30), 1)
        self.assertIn("another agent works for node", self.agents[0].log())
        self.await_model(ada)
        self.assertEqual(self.ask(ada)[0], 201)

    def test_an_endpoint_is_asked_where_it_is_trusted(self):
        ada = self.server.register("ada")
        offer = {"user": ada.id, "model_name": "by-endpoint", "gpu_info": "none", "cpu_name": "x", "cpu_core": 2,
                 "cpu_frequency": 2000, "total_memory": 4, "total_swap": 0, "ram": 4, "os_name": "Linux", "os_version": "6",
                 "endpoint": self.model.url}
        status, refusal = self.server.call("POST", "/llm_models/register/", offer, ada.token)
        self.assertEqual((status, list(refusal)), (400, ["endpoint"]))  # It would lead to this host.
        self.server.kill()
        self.server.start(self.server.address[1], "--gpushare-endpoints", "anywhere")
        status, node = self.server.call("POST", "/llm_models/register/", offer, ada.token)
        self.assertEqual(status, 201, node)
        self.server.approve(ada)
        self.await_model(ada, model="by-endpoint")
        status, row = self.ask(ada, "by-endpoint")
        self.assertEqual((status, row["answer_text"]), (201, "In the beginning"), row)


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-market-demo-"))
        self.server = Server(BINARY, self.folder / "data", "--dev-nodes", "4")

    def tearDown(self):
        self.server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, path, body, token):
        connection = http.client.HTTPConnection(*self.server.address, timeout=30)
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Authorization": token, "Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def ask(self):
        demo = self.server.credentials["gpushare"]
        return self.call("POST", "/inference/", {"client": demo["user_id"], "question_text": "Why is the sky blue?",
                                                 "desired_model": "orrery-demo"}, f"Token {demo['token']}")

    def test_the_demo_answers_at_once_and_after_a_crash(self):
        self.server.start()
        first = self.server.credentials["gpushare"]
        self.assertEqual(set(first), {"email", "username", "password", "token", "user_id", "admin_token"})
        status, row = self.ask()
        self.assertEqual(status, 201, row)
        self.assertIn("simulated", row["answer_text"])
        basic = base64.b64encode(f"{first['username']}:{first['password']}".encode()).decode()
        self.assertEqual(len(self.call("GET", "/client/list/", None, f"Basic {basic}")[1]), 1)
        self.assertEqual(len(self.call("GET", "/client/list/", None, f"Token {first['admin_token']}")[1]), 2)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.server.credentials["gpushare"], first)
        self.assertEqual(self.ask()[0], 201)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.server.credentials["gpushare"], first)
        self.assertEqual(self.ask()[0], 201)

    def test_people_who_were_erased_are_replaced(self):
        self.server.start()
        first = self.server.credentials["gpushare"]
        admin = f"Token {first['admin_token']}"
        self.assertEqual(self.call("DELETE", f"/client/list/{first['user_id']}/", None, admin)[0], 204)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertNotEqual(self.server.credentials["gpushare"]["user_id"], first["user_id"])
        self.assertEqual(self.ask()[0], 201)


if __name__ == "__main__":
    unittest.main()
