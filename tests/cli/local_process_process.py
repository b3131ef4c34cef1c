#!/usr/bin/env python3
"""Services as processes of this host: how they start, serve and end, and what outlives which crash."""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from local_server import LocalServer  # noqa: E402

BINARY = os.environ["ORRERY"]

RECIPE = """\
name: {name}
description: for a test
version: "1"
command: {command}
ports: [8001]
environment: {{GREETING: hello, ADDRESS: "${{HOST}}:${{PORT}}"}}
resources: {{cpu: 1, memory: 256M}}
{more}
"""
SERVER = """
import http.server, os, sys
print("greeting", os.environ["GREETING"], os.environ["ADDRESS"], flush=True)
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
# Leaves children in sessions of their own, and ignores being told to end.
STUBBORN = """
import os, signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(1)
        os._exit(0)
print("ready", flush=True)
while True: time.sleep(1)
"""


def write_recipes(folder: Path):
    def recipe(name, script, more):
        (folder / "test").mkdir(parents=True, exist_ok=True)
        (folder / "test" / f"{name}.py").write_text(script)
        command = json.dumps(["python3", "-u", "${RECIPES}/test/" + name + ".py"])
        (folder / "test" / f"{name}.yaml").write_text(RECIPE.format(name=name, command=command, more=more))

    probed = "readiness: {path: /, interval_ms: 20, timeout_s: 60}\ngrace_period_s: 5"
    recipe("server", SERVER, probed)
    recipe("stubborn", STUBBORN, "log_patterns: {running: [ready]}\ngrace_period_s: 1")
    recipe("exits", "import sys; print('so long'); print('oh', file=sys.stderr); sys.exit(3)", "")
    recipe("works", "print('done')", "")
    recipe("never", "import time\nwhile True: time.sleep(1)",
           "readiness: {path: /, interval_ms: 20, timeout_s: 1}\ngrace_period_s: 1")
    recipe("loud", "for i in range(200000): print('line', i)\nprint('the end')", "")


class LocalProcess(unittest.TestCase):
    sandbox = "auto"

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-local-"))
        self.recipes = self.folder / "recipes"
        write_recipes(self.recipes)
        first_port = random.randrange(21000, 29000, 100)
        self.server = LocalServer(BINARY, self.folder, self.recipes, "--local-process-ports",
                                  f"{first_port}-{first_port + 99}", "--local-process-sandbox", self.sandbox,
                                  "--local-process-cpu-count", "64", "--local-process-memory-mib", "65536",
                                  "--local-process-log-bytes-max", "100000")
        self.server.start()

    def tearDown(self):
        self.server.end_everything()
        shutil.rmtree(self.folder, ignore_errors=True)

    def await_nothing_left(self, timeout=30):
        deadline = time.monotonic() + timeout
        while self.server.processes() or self.server.supervisors():
            self.assertLess(time.monotonic(), deadline, "something is left")
            threading.Event().wait(0.05)

    def test_a_server_starts_serves_and_is_ended_within_its_grace_period(self):
        service = self.server.create_service("test/server", environment={"GREETING": "good day"})
        self.server.await_service(service, "running")
        self.assertRegex(self.server.service_logs(service), r"greeting good day 127\.0\.0\.1:2\d{4}")
        self.assertEqual(self.server.call("DELETE", f"/api/v1/services/{service}")[0], 200)
        self.await_nothing_left()
        self.assertEqual(self.server.await_service(service, "cancelled"), "cancelled")

    def test_what_ends_by_itself_has_completed_or_failed_with_its_exit_code(self):
        works, exits = self.server.create_service("test/works"), self.server.create_service("test/exits")
        self.server.await_service(works, "completed")
        self.server.await_service(exits, "failed")
        self.assertIn("exit code 3", json.dumps(self.server.service_details(exits)))
        logs = self.server.service_logs(exits)
        self.assertIn("so long", logs)
        self.assertIn("oh", logs)

    def test_what_is_not_ready_in_time_has_failed(self):
        service = self.server.create_service("test/never")
        self.server.await_service(service, "failed")
        self.assertIn("not ready within 1 s", json.dumps(self.server.service_details(service)))
        self.await_nothing_left()

    def test_a_killed_process_has_failed_with_its_signal(self):
        service = self.server.create_service("test/server")
        self.server.await_service(service, "running")
        self._kill_command(service)
        self.server.await_service(service, "failed")
        self.assertIn("signal 9", json.dumps(self.server.service_details(service)))
        self.await_nothing_left()

    def test_the_stubborn_and_all_that_they_left_behind_are_killed(self):
        service = self.server.create_service("test/stubborn")
        self.server.await_service(service, "running")
        self.assertGreaterEqual(len(self.server.processes_of(service)), 4)
        self.server.call("DELETE", f"/api/v1/services/{service}")
        self.await_nothing_left()

    def test_long_output_is_kept_at_its_end(self):
        service = self.server.create_service("test/loud")
        self.server.await_service(service, "completed")
        logs = self.server.service_logs(service)
        self.assertIn("the end", logs)
        self.assertLess(len(logs), 110_000)
        self.assertGreater(len(logs), 40_000)

    def test_processes_outlive_the_server_and_are_taken_over(self):
        service = self.server.create_service("test/server")
        self.server.await_service(service, "running")
        before = sorted(self.server.processes_of(service))
        self.server.kill()
        self.assertEqual(sorted(self.server.processes_of(service)), before)
        self.server.start()
        self.assertEqual(self.server.service_status(service), "running")
        self.server.stop()
        self._kill_command(service)  # Nobody of ours sees it but its supervisor.
        self._await_supervisors_gone()
        self.server.start()
        self.server.await_service(service, "failed")
        self.assertIn("signal 9", json.dumps(self.server.service_details(service)))

    def test_without_its_supervisor_nothing_of_a_service_goes_on(self):
        service = self.server.create_service("test/stubborn")
        self.server.await_service(service, "running")
        for pid in self.server.supervisors():
            os.kill(pid, signal.SIGKILL)
        self.server.await_service(service, "failed")
        self.await_nothing_left()
        self.assertIn("nobody saw", json.dumps(self.server.service_details(service)))

    def test_a_server_that_is_enabled_no_longer_looks_after_what_runs(self):
        service = self.server.create_service("test/server")
        self.server.await_service(service, "running")
        self.server.stop()
        arguments = self.server.arguments
        self.server.arguments = arguments + ("--services-cluster", "local")
        self.server.start(enabled=False)
        waiting = self.server.create_service("test/server")
        self.server.call("DELETE", f"/api/v1/services/{service}")
        self.server.await_service(service, "cancelled")
        self.await_nothing_left()
        self.assertEqual(self.server.service_status(waiting), "pending")
        self.server.stop()
        self.server.arguments = arguments
        self.server.start()
        self.server.await_service(waiting, "running")

    def test_random_kills_leave_no_orphan(self):
        chance = random.Random(int(os.environ.get("TEST_SEED", "1")))
        services = [self.server.create_service(chance.choice(["test/server", "test/stubborn"])) for _ in range(6)]
        for service in services:
            self.server.await_service(service, "running", "failed")
        for _ in range(int(os.environ.get("TEST_KILLS", "8"))):
            victim = chance.choice(["server", "supervisor", "process"])
            pids = {"server": [self.server.process.pid], "supervisor": self.server.supervisors(),
                    "process": self.server.processes()}[victim]
            if pids:
                self._kill(chance.choice(sorted(pids)))
            if victim == "server":
                self.server.process.wait()
                self.server.start()
            if chance.random() < 0.5:
                services.append(self.server.create_service(chance.choice(["test/server", "test/stubborn"])))
        for service in services:
            self.server.call("DELETE", f"/api/v1/services/{service}")
        for service in services:
            self.server.await_service(service, "failed", "cancelled")
        self.await_nothing_left()

    def _kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def _kill_command(self, service):
        """Kills the program itself, not what is around it."""
        for pid in self.server.processes_of(service):
            if Path(f"/proc/{pid}/comm").read_text().startswith("python3"):
                self._kill(pid)

    def _await_supervisors_gone(self):
        deadline = time.monotonic() + 30
        while self.server.supervisors():
            self.assertLess(time.monotonic(), deadline)
            threading.Event().wait(0.02)


class LocalProcessWithoutSandbox(LocalProcess):
    sandbox = "off"


if __name__ == "__main__":
    unittest.main()
