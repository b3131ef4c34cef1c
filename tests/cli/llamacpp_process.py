#!/usr/bin/env python3
"""A real model behind the service API: from the request over a prompt's tokens to its violent end.

Needs npm's packages (scripts/install-llamacpp) below TEST_LLAMACPP and a GGUF file, TEST_MODEL; skipped without."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from local_server import LocalServer  # noqa: E402

BINARY = os.environ["ORRERY"]
PACKAGES = Path(os.environ.get("TEST_LLAMACPP", ROOT / "build" / "node"))
MODEL = Path(os.environ.get("TEST_MODEL", ROOT.parent / "shared" / "model" / "tiny-kjv.gguf"))

# Without chance: what is sampled may be nothing at all.
CLIENT = """
import OpenAI from "openai";
const client = new OpenAI({baseURL: process.argv[2], apiKey: "none"});
const model = (await client.models.list()).data[0].id;
const whole = await client.completions.create({model, prompt: "In the beginning", max_tokens: 12, temperature: 0});
const messages = [{role: "user", content: "In the beginning"}];
let streamed = "";
for await (const part of await client.chat.completions.create({model, messages, max_tokens: 12, temperature: 0, stream: true}))
  streamed += part.choices[0]?.delta?.content ?? "";
console.log(JSON.stringify({model, whole: whole.choices[0].text, streamed}));
"""


class Llamacpp(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-llama-"))
        # In the sandbox only the folder of recipes is sure to be seen, so the packages are below it.
        subprocess.run([BINARY, "recipe", "export", str(PACKAGES), "--replace"], check=True, capture_output=True)
        shutil.copy(MODEL, PACKAGES / "inference" / "model.gguf")
        self.server = LocalServer(BINARY, self.folder, PACKAGES, "--local-process-ports", "29500-29599",
                                  "--local-process-cpu-count", "8")
        self.server.start()

    def tearDown(self):
        self.server.end_everything()
        shutil.rmtree(self.folder, ignore_errors=True)

    def test_from_the_request_to_the_end(self):
        service = self.server.create_service("inference/llamacpp", environment={"LLAMA_MODEL": str(PACKAGES / "inference" / "model.gguf")})
        self.server.await_service(service, "running")
        status, answer = self.server.call("POST", f"/api/v1/vllm/{service}/prompt", {"prompt": "In the beginning",
                                                                                      "max_tokens": 12, "temperature": 0})
        self.assertEqual((status, answer["success"], answer["endpoint_used"]), (200, True, "chat"), answer)
        self.assertTrue(answer["response"].strip())
        self.assertLessEqual(answer["usage"]["completion_tokens"], 12)
        self.assertEqual(self.server.call("GET", f"/api/v1/vllm/{service}/models")[1], {"models": ["model"]})

        self.server.kill()  # The model serves on, and is found again.
        self.server.start()
        self.assertEqual(self.server.service_status(service), "running")
        self.assertTrue(self.server.call("POST", f"/api/v1/vllm/{service}/prompt", {"prompt": "And"})[1]["success"])

        for pid in self.server.processes_of(service):
            if "llamacpp.mjs" in Path(f"/proc/{pid}/cmdline").read_text() and \
                    Path(f"/proc/{pid}/exe").resolve().name.startswith("node"):
                os.kill(pid, signal.SIGKILL)
        self.server.await_service(service, "failed")
        self.assertIn("signal 9", self.server.service_details(service)["reason"])
        self.assertEqual(self.server.call("DELETE", f"/api/v1/services/{service}")[0], 200)
        self.assertEqual(self.server.service_status(service), "failed")
        self.assertEqual(self.server.processes_of(service), [])

    def test_the_openai_client_as_it_is(self):
        service = self.server.create_service("inference/llamacpp", environment={"LLAMA_CHAT": "plain"})
        self.server.await_service(service, "running")
        script = PACKAGES / "client.mjs"
        script.write_text(CLIENT)
        url = "http://{}:{}/api/v1/vllm/{}/v1".format(*self.server.address, service)
        done = subprocess.run(["node", script, url], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"model":"model"', done.stdout)
        self.assertNotIn('"whole":""', done.stdout)
        self.assertNotIn('"streamed":""', done.stdout)


if __name__ == "__main__":
    if not (PACKAGES / "node_modules" / "openai").is_dir() or not MODEL.is_file() or shutil.which("node") is None:
        print("no packages of npm, or no model: see scripts/install-llamacpp")
        sys.exit(77)
    unittest.main()
