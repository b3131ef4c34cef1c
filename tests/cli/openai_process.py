#!/usr/bin/env python3
"""The unmodified `openai` npm client needs nothing but a base URL: of a simulated service, of a group of replicas, and of a
real model, which llama.cpp serves as a process of this host. Exits 77 where the package is missing (scripts/test brings it)."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from local_server import LocalServer  # noqa: E402
from orrery_server import Server  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(os.environ.get("TEST_NODE_MODULES", ROOT / "build" / "node" / "node_modules"))
CLIENT = Path(__file__).resolve().parent / "openai_client.mjs"
BINARY = os.environ.get("ORRERY", str(ROOT / "build" / "release" / "orrery"))
MODEL = Path(os.environ.get("TEST_MODEL", ROOT.parent / "shared" / "model" / "tiny-kjv.gguf"))


def ask(server, method, path, body=None):
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    connection.request(method, path, json.dumps(body) if body else None,
                       {"Content-Type": "application/json"} if body else {})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def create(server, config):
    status, created = ask(server, "POST", "/api/v1/services", {"recipe_name": "inference/vllm", "config": config})
    assert status == 200, created
    return created["id"]


def await_status(server, service, wanted, patience_s=60):
    give_up = time.monotonic() + patience_s
    while (found := ask(server, "GET", f"/api/v1/services/{service}/status")[1]["status"]) != wanted:
        assert time.monotonic() < give_up, f"{service} is {found}, not {wanted}"
        time.sleep(0.02)


def run_client(server, service, *kind):
    url = f"http://{server.address[0]}:{server.address[1]}/api/v1/vllm/{service}/v1"
    finished = subprocess.run(["node", str(CLIENT), str(MODULES), url, *kind], timeout=120)
    assert finished.returncode == 0, f"the client is not content with {url}"


def check_prompt(server, service):
    status, answer = ask(server, "POST", f"/api/v1/vllm/{service}/prompt", {"prompt": "Tell me a joke", "max_tokens": 100})
    assert status == 200 and answer["success"], answer
    return answer


def simulated(folder):
    server = Server(BINARY, folder / "data", "--time-scale", "100")
    server.start()
    try:
        service = create(server, {})
        group = create(server, {"resources": {"nodes": 2, "gpu": 2, "gpu_per_replica": 1}})
        await_status(server, service, "running")
        await_status(server, group, "running")
        check_prompt(server, service)
        run_client(server, service, "simulated")
        assert "routed_to" in check_prompt(server, group)
        run_client(server, group)
    finally:
        stopped = server.stop()
    assert stopped == 0, f"exit code {stopped}"


def real(folder):
    """The model's folder and the packages lie beside the recipe, where a sandbox shows them."""
    recipes = folder / "recipes"
    shutil.copytree(ROOT / "cli" / "recipes" / "inference", recipes / "inference")
    shutil.copy(MODEL, recipes / "inference" / "model.gguf")
    shutil.copytree(MODULES, recipes / "node_modules", symlinks=True)
    server = LocalServer(BINARY, folder, recipes, "--local-process-ports", "24100-24199").start()
    try:
        service = server.create_service("inference/llamacpp", environment={"LLAMA_CHAT": "plain", "LLAMA_NAME": "tiny"})
        server.await_service(service, "running", timeout_s=120)
        run_client(server, service)
        assert check_prompt(server, service)["endpoint_used"] == "chat"
        assert server.call("DELETE", f"/api/v1/services/{service}")[0] == 200
        server.await_service(service, "cancelled")
    finally:
        server.end_everything()


def main() -> int:
    if not (MODULES / "openai").is_dir():
        print(f"no package openai in {MODULES}")
        return 77
    for run, needed in ((simulated, CLIENT), (real, MODEL)):
        if not needed.exists():
            print(f"{run.__name__}: skipped, there is no {needed}")
            continue
        with tempfile.TemporaryDirectory(prefix="orrery-openai-") as folder:
            run(Path(folder))
    print("the openai client works by its base URL alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
