#!/usr/bin/env python3
"""`orrery serve` as a process: its exit codes, its signals, and the credentials that it leaves."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Client, Server  # noqa: E402

BINARY = os.environ["ORRERY"]


def run(*arguments, **environment):
    return subprocess.run([BINARY, *map(str, arguments)], env={**os.environ, **environment}, capture_output=True,
                          text=True, timeout=60)


class ServeProcess(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="orrery-serve-"))
        self.data = self.folder / "data"
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()
        shutil.rmtree(self.folder)

    def serve(self, data=None):
        server = Server(BINARY, data or self.data, "--dev-nodes", "12", "--time-scale", "100")
        server.start()
        self.servers.append(server)
        return server

    def test_help_and_version_succeed(self):
        self.assertEqual(run("--help").returncode, 0)
        self.assertEqual(run("serve", "--help").returncode, 0)
        self.assertRegex(run("version").stdout, r"^orrery \d+\.\d+\.\d+ \(commit \w+")

    def test_a_wrong_command_line_or_configuration_is_2_and_touches_nothing(self):
        self.assertEqual(run("serve", "--no-such-flag").returncode, 2)
        self.assertEqual(run("fly").returncode, 2)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("serve", "--data", self.data, ORRERY_TIME_SCALE="fast").returncode, 2)
        self.assertFalse(self.data.exists())

    def test_a_data_directory_that_is_a_file_is_3(self):
        self.data.write_text("no directory")
        refused = run("serve", "--data", self.data)
        self.assertEqual(refused.returncode, 3)
        self.assertIn(str(self.data), refused.stderr)

    def test_a_taken_address_is_4(self):
        server = self.serve()
        refused = run("serve", "--data", self.folder / "other", "--listen", "{}:{}".format(*server.address))
        self.assertEqual(refused.returncode, 4, refused.stderr)

    def test_a_start_that_fails_while_nodes_boot_ends(self):
        server = self.serve()
        slow = ["serve", "--dev", "--data", self.folder / "slow", "--time-scale", "0.001", "--listen"]
        process = subprocess.Popen(list(map(str, [BINARY, *slow, "127.0.0.1:0"])), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        self.assertTrue(any(b"events in the log" in line for line in process.stderr))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        refused = run(*slow, "{}:{}".format(*server.address))
        self.assertEqual(refused.returncode, 4, refused.stderr)

    def test_a_log_that_another_process_has_open_has_a_code_of_its_own(self):
        self.serve()
        refused = run("serve", "--data", self.data, "--listen", "127.0.0.1:0")
        self.assertEqual(refused.returncode, 21, refused.stderr)

    def test_both_signals_end_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.serve()
            server.process.send_signal(number)
            self.assertEqual(server.process.wait(timeout=60), 0)

    def test_a_signal_while_nodes_boot_slowly_ends_with_0_too(self):
        arguments = [BINARY, "serve", "--dev", "--data", self.data, "--listen", "127.0.0.1:0", "--time-scale", "0.001"]
        process = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.assertTrue(any(b"events in the log" in line for line in process.stderr))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)

    def test_a_part_of_the_data_directory_that_is_lost_is_3_and_named(self):
        self.serve().stop()
        for part in ("edge.key", "keys", "log"):
            shutil.move(self.data / part, self.folder / part)
            refused = run("serve", "--data", self.data, "--listen", "127.0.0.1:0")
            self.assertEqual(refused.returncode, 3, refused.stderr)
            self.assertIn(f"{self.data / part} is missing", refused.stderr)
            self.assertFalse((self.data / part).exists())
            shutil.move(self.folder / part, self.data / part)
        self.serve()

    def test_a_log_that_verifies_is_not_recovered(self):
        self.serve().stop()
        before = run("log", "stat", "--data", self.data).stdout
        recovered = run("log", "recover", "--accept-loss", "--data", self.data)
        self.assertEqual(recovered.returncode, 0, recovered.stderr)
        self.assertIn("nothing to recover", recovered.stdout)
        self.assertEqual(run("log", "stat", "--data", self.data).stdout, before)
        self.assertFalse((self.data / "log" / "damaged-1").exists())

    def test_credentials_are_private_and_the_same_after_a_restart(self):
        server = self.serve()
        file = self.data / "dev-credentials.json"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        first = json.loads(file.read_text())
        self.assertEqual(set(first["mkinf"]), {"email", "password", "access_key", "organization_id", "project_id"})
        self.assertEqual(set(first["orrery"]), {"operator_key", "url"})
        self.assertEqual(set(first["neolink"]), {"user_id", "token"})
        server.stop()
        again = self.serve()
        second = json.loads(file.read_text())
        self.assertEqual(first["mkinf"], second["mkinf"])
        self.assertEqual(first["neolink"], second["neolink"])
        self.assertEqual(first["orrery"]["operator_key"], second["orrery"]["operator_key"])
        self.assertEqual(second["orrery"]["url"], "http://{}:{}".format(*again.address))
        client = Client(again)
        self.assertEqual(client.call("GET", "/vms"), (200, {"items": []}))
        client.connection.close()

    def admin(self, *arguments):
        done = run("admin", *arguments, "--json", "--data", self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_demo_namespace_has_money_once_and_another_token_once_its_own_is_revoked(self):
        server = self.serve()
        neolink = server.credentials["neolink"]
        user = neolink["user_id"]
        self.assertEqual(self.admin("namespace", "show", user)["balance"], "1000.00")
        [token] = self.admin("token", "list", user)["items"]
        self.admin("token", "revoke", user, token["id"])
        server.stop()
        again = self.serve().credentials["neolink"]
        self.assertEqual(again["user_id"], user)
        self.assertNotEqual(again["token"], neolink["token"])
        self.assertEqual(self.admin("namespace", "show", user)["balance"], "1000.00")

    def test_a_catalog_is_checked_compared_applied_and_loaded_at_a_start(self):
        server = self.serve()
        prices = self.folder / "prices.toml"
        text = run("catalog", "example").stdout
        prices.write_text(text)
        self.assertIn("is good", run("catalog", "check", prices).stdout)
        self.assertIn("nothing differs", run("catalog", "diff", prices, "--data", self.data).stdout)
        prices.write_text(text.replace('price = "2.50"', 'price = "2.00"', 1))
        line = "sku 66: price 2.50 → 2.00"
        self.assertIn(line, run("catalog", "diff", prices, "--data", self.data).stdout)
        self.assertIn(line, run("catalog", "apply", prices, "--data", self.data).stdout)
        self.assertIn("nothing differs", run("catalog", "diff", prices, "--data", self.data).stdout)
        server.stop()

        server = Server(BINARY, self.data, "--time-scale", "100", "--catalog", str(prices))
        server.start()
        self.servers.append(server)
        self.assertIn("nothing differs", run("catalog", "diff", prices, "--data", self.data).stdout)
        prices.write_text(text.replace("gpu_count = 1", "gpu_cuont = 1", 1))
        wrong = run("catalog", "check", prices)
        self.assertEqual(wrong.returncode, 1)
        self.assertRegex(wrong.stderr, r"prices.toml, line \d+: key shape.gpu_cuont is unknown; the nearest is gpu_count")
        refused = run("serve", "--data", self.folder / "other", "--catalog", prices)
        self.assertEqual(refused.returncode, 2, refused.stderr)
        self.assertFalse((self.folder / "other").exists())

    def test_a_restart_declares_nothing_twice(self):
        server = self.serve()
        server.stop()
        export = lambda name: (run("log", "export", self.folder / name, "--data", self.data),
                               (self.folder / name).read_text())[1]
        first = export("first.jsonl")
        self.serve().stop()
        self.assertEqual(first, export("second.jsonl"))


if __name__ == "__main__":
    unittest.main()
