#!/usr/bin/env python3
"""A real model on the marketplace: behind `orrery agent`, and at an endpoint.

Needs npm's packages (scripts/install-llamacpp) below TEST_LLAMACPP and a GGUF file, TEST_MODEL; skipped without."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from market_server import Agent, MarketServer  # noqa: E402

BINARY = os.environ["ORRERY"]
PACKAGES = Path(os.environ.get("TEST_LLAMACPP", ROOT / "build" / "node"))
MODEL = Path(os.environ.get("TEST_MODEL", ROOT.parent / "shared" / "model" / "tiny-kjv.gguf"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RealModel(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-market-llama-"))
        self.server = MarketServer(BINARY, self.folder, "--gpushare-endpoints", "anywhere")
        self.server.start()
        subprocess.run([BINARY, "recipe", "export", str(PACKAGES), "--replace"], check=True, capture_output=True)
        self.port = free_port()
        environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(self.port), "LLAMA_MODEL": str(MODEL)}
        self.model = subprocess.Popen(["node", str(PACKAGES / "inference" / "llamacpp.mjs")], env=environment,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.server.await_that(self.model_is_ready, "the model is loaded", 120)
        self.agent = None

    def tearDown(self):
        if self.agent is not None:
            self.agent.kill()
        self.server.kill()
        self.model.kill()
        self.model.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def model_is_ready(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/health")
            ready = connection.getresponse().status == 200
            connection.close()
            return ready
        except OSError:
            return False

    def check_answers(self, person, model):
        asked = {"client": person.id, "question_text": "In the beginning", "desired_model": model}
        self.server.await_that(
            lambda: any(known["model_id"] == model and known["is_available"]
                        for known in self.server.call("GET", "/llm_models/all-models/", None, person.token)[1]),
            f"{model} can be asked")
        status, row = self.server.call("POST", "/inference/", asked, person.token)
        self.assertEqual(status, 201, row)
        self.assertTrue(row["answer_text"].strip(), row)
        lines = list(self.server.stream("/inference/stream/", asked, person.token))
        self.assertTrue(lines[-1]["done"], lines)
        streamed = "".join(line["token"] for line in lines[:-1])
        stored = self.server.call("GET", f"/inference/{lines[-1]['id']}/", None, person.token)[1]
        self.assertEqual(stored["answer_text"], streamed)
        self.assertGreater(len(lines), 3)

    def test_behind_an_agent(self):
        ada = self.server.register("ada")
        self.agent = Agent(BINARY, self.folder / "agent", self.server, ada, "kjv", f"http://127.0.0.1:{self.port}/v1")
        self.server.approve_when_provider(ada, self.agent.start)
        self.check_answers(ada, "kjv")
        self.model.send_signal(signal.SIGKILL)
        self.model.wait()
        asked = {"client": ada.id, "question_text": "And", "desired_model": "kjv"}
        self.assertEqual(self.server.call("POST", "/inference/", asked, ada.token)[0], 502)
        self.assertEqual(self.agent.stop(), 0)

    def test_at_an_endpoint(self):
        ada = self.server.register("ada")
        offer = {"user": ada.id, "model_name": "kjv", "served_model": MODEL.stem, "gpu_info": "none", "cpu_name": "x",
                 "cpu_core": 2, "cpu_frequency": 2000, "total_memory": 4, "total_swap": 0, "ram": 4, "os_name": "Linux",
                 "os_version": "6", "endpoint": f"http://127.0.0.1:{self.port}"}
        status, node = self.server.call("POST", "/llm_models/register/", offer, ada.token)
        self.assertEqual(status, 201, node)
        self.server.approve(ada)
        self.check_answers(ada, "kjv")


if __name__ == "__main__":
    if not (PACKAGES / "node_modules" / "node-llama-cpp").is_dir() or not MODEL.is_file() or shutil.which("node") is None:
        print("no packages of npm, or no model: see scripts/install-llamacpp")
        sys.exit(77)
    unittest.main()
