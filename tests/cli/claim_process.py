#!/usr/bin/env python3
"""`orrery claim`, the first process of a job of Slurm: what it makes of a server's answers, and what is left when it,
its supervisor or its command are killed. The test plays the server, which decides as the real one does."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from claim_case import BINARY, SECRET, ClaimCase, kill, pending_signals  # noqa: E402
from local_server import LocalServer  # noqa: E402

REFUSED, UNANSWERED, NO_FILE, TERMINATED = 8, 9, 3, 143


class Claim(ClaimCase):
    # What it makes of answers.

    def test_who_is_granted_the_claim_runs_and_tells_how_it_ended(self):
        self.make_run("print('so'); raise SystemExit(7)")
        code, said = self.run_to_end()
        self.assertEqual((code, said), (7, ""))
        self.assertEqual(self.exit_record()["exit_code"], 7)
        self.assertEqual((self.directory / "out.log").read_text(), "so\n")
        (claim,) = self.server.claims
        self.assertEqual((claim["run"], claim["attempt"], claim["slurm_job_id"], claim["host"]),
                         (self.run_id, 1, 42, "a1"))
        self.assertTrue(claim["claimant"].startswith("42.2."))
        self.assertEqual(self.server.hints, 1)

    def test_two_jobs_of_a_run_ask_and_one_runs(self):
        self.make_run("open('begun', 'a').write('begun ')")
        self.write_claim(attempt=2)
        jobs = [self.start(attempt=attempt) for attempt in (1, 2, 1)]
        codes = sorted(self.end_of(job)[0] for job in jobs)
        self.assertEqual(codes, [0, REFUSED, REFUSED])
        self.assertEqual((self.directory / "work" / "begun").read_text(), "begun ")

    def test_a_refusal_is_final_and_leaves_the_run_alone(self):
        self.make_run()
        self.server.claimant = "another"
        code, said = self.run_to_end()
        self.assertEqual(code, REFUSED)
        self.assertIn("attempt_is_claimed", said)
        self.assertEqual(len(self.server.claims), 1)
        self.assertFalse(self.has_ended())
        self.assertFalse((self.directory / "process.json").exists())

    def test_a_wrong_secret_is_refused_and_not_shown(self):
        self.make_run()
        self.write_claim(secret=SECRET.upper())
        code, said = self.run_to_end()
        self.assertEqual(code, REFUSED)
        self.assertNotIn(SECRET.upper(), said)
        self.assertFalse(self.has_ended())

    def test_what_nobody_answers_is_asked_again_by_the_same_claimant(self):
        self.make_run("pass")
        self.server.before = [503, None, 429, 500]
        code, said = self.run_to_end()
        self.assertEqual(code, 0)
        self.assertIn("no answer yet", said)
        self.assertEqual(len(self.server.claims), 5)
        self.assertEqual(len({claim["claimant"] for claim in self.server.claims}), 1)

    def test_an_answer_that_was_lost_is_given_again(self):
        self.make_run("pass")
        self.server.before = [None]
        job = self.start()
        self.await_asked()
        with self.server.changed:  # It was accepted, and the answer didn't come.
            self.server.claimant = self.server.claims[0]["claimant"]
        self.assertEqual(self.end_of(job)[0], 0)

    def test_a_server_that_restarts_meanwhile_is_waited_for(self):
        self.make_run("pass")
        address = self.server.server_address
        self.server.end()
        job = self.start()
        self.assertIn("no answer yet", job.stderr.readline())
        self.server.__init__(address)
        self.assertEqual(self.end_of(job)[0], 0)

    def test_patience_ends(self):
        self.make_run()
        self.server.before = [503] * 100
        code, said = self.run_to_end("--patience", "1")
        self.assertEqual(code, UNANSWERED)
        self.assertIn("in 1 s", said)
        self.assertFalse(self.has_ended())

    def test_somebody_else_who_says_yes_is_no_server_of_ours(self):
        self.make_run()
        self.server.before = [200]
        self.assertEqual(self.run_to_end()[0], REFUSED)
        self.assertFalse((self.directory / "process.json").exists())

    def test_the_real_server_knows_no_such_run(self):
        self.make_run()
        recipes = self.folder / "recipes"
        recipes.mkdir()
        server = LocalServer(BINARY, self.folder, recipes).start(enabled=False)
        self.addCleanup(server.end_everything)
        self.write_claim(server_url="http://{}:{}".format(*server.address))
        code, said = self.run_to_end()
        self.assertEqual(code, REFUSED, said)
        self.assertIn("claim_not_found", said)

    # Files.

    def test_without_its_claim_or_directory_nothing_is_asked(self):
        self.make_run()
        self.assertEqual(self.run_to_end(attempt=2)[0], NO_FILE)
        (self.directory / "claim.3.json").write_text("{")
        self.assertEqual(self.run_to_end(attempt=3)[0], NO_FILE)
        shutil.rmtree(self.directory)
        self.assertEqual(self.run_to_end()[0], NO_FILE)
        self.assertEqual(self.server.claims, [])

    def test_what_is_over_is_not_claimed(self):
        self.make_run()
        (self.directory / "exit.json").write_text("{}")
        self.assertEqual(self.run_to_end()[0], REFUSED)
        self.assertEqual(self.server.claims, [])

    def test_a_run_without_a_plan_has_an_end(self):
        self.make_run()
        (self.directory / "launch.json").unlink()
        self.assertEqual(self.run_to_end()[0], 1)
        self.assertEqual(self.exit_record()["code"], "start_failed")

    def test_a_run_whose_directory_is_removed_ends(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        shutil.rmtree(self.directory)
        self.assertNotEqual(self.end_of(job)[0], 0)
        self.assertEqual(self.processes(), [])

    def test_a_full_disk_is_waited_out(self):
        if os.geteuid() != 0:
            self.skipTest("mounting needs root")
        self.folder = self.folder / "small"
        self.folder.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "small", str(self.folder)]).returncode != 0:
            self.skipTest("no tmpfs can be mounted")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.folder)])
        self.make_run()
        job = self.start()
        self.await_begun()
        with open(self.folder / "filler", "wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(b"x" * 4096)
            except OSError:
                pass
        job.send_signal(signal.SIGTERM)
        self.await_that(lambda: not self.processes())
        self.assertFalse(self.has_ended())
        (self.folder / "filler").unlink()
        self.end_of(job)
        self.assertTrue(self.has_ended())

    # Signals.

    def test_sigterm_reaches_the_run_and_so_do_signals_of_its_user(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        job.send_signal(signal.SIGUSR1)
        heard = self.directory / "work" / "heard"
        self.await_that(lambda: heard.exists() and heard.read_text() == f"{signal.SIGUSR1.value} ")
        job.send_signal(signal.SIGTERM)
        self.assertEqual(self.end_of(job)[0], 5)
        self.assertEqual(self.exit_record()["exit_code"], 5)
        self.assertEqual(self.processes(), [])

    def tell_signals(self, job, *told):
        """As the driver does: what was told so far, and a nudge."""
        orders = [{"number": number, "signal": int(which), "to_script_only": only}
                  for number, (which, only) in enumerate(told, 1)]
        (self.directory / "signals.new").write_text(json.dumps({"told": orders}))
        (self.directory / "signals.new").rename(self.directory / "signals.json")
        if job is not None:
            job.send_signal(signal.SIGURG)

    def test_a_signal_of_its_user_is_told_once_whatever_it_is(self):
        script = ("import signal, time\n"
                  "def heard(number, _): open('heard', 'a').write(f'{number} ')\n"
                  "for each in (signal.SIGTERM, signal.SIGHUP): signal.signal(each, heard)\n"
                  "open('begun', 'a').write('begun ')\n"
                  "while True: time.sleep(0.1)")
        self.make_run(script)
        job = self.start()
        work = self.directory / "work"
        self.await_that(lambda: (work / "begun").exists())
        heard = work / "heard"
        self.tell_signals(job, (signal.SIGTERM, True))
        self.await_that(lambda: heard.exists() and heard.read_text() == "15 ")
        # Told by the directory alone, it is seen some seconds later.
        self.tell_signals(None, (signal.SIGTERM, True), (signal.SIGHUP, False))
        self.await_that(lambda: heard.read_text() == "15 1 ")
        self.assertFalse(self.has_ended())
        self.tell_signals(job, (signal.SIGTERM, True), (signal.SIGHUP, False), (signal.SIGKILL, False))
        self.assertEqual(self.end_of(job)[0], 128 + signal.SIGKILL)
        self.assertEqual(heard.read_text(), "15 1 ")
        self.assertEqual(self.exit_record()["signal"], signal.SIGKILL)
        self.assertEqual(self.processes(), [])

    def test_a_stop_that_nobody_could_tell_it_is_seen_in_its_directory(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        (self.directory / "stop.json").write_text(json.dumps({"grace_period_s": 30}))
        self.assertEqual(self.end_of(job)[0], 5)
        self.assertEqual(self.exit_record()["exit_code"], 5)

    def test_told_to_end_while_it_waits_for_another_try_it_is_gone(self):
        self.make_run()
        self.server.before = [503] * 100
        job = self.start()
        self.await_asked()
        job.send_signal(signal.SIGTERM)
        self.assertEqual(self.end_of(job)[0], TERMINATED)
        self.assertFalse(self.has_ended())

    def test_told_to_end_while_its_claim_is_accepted_it_says_that_nothing_began(self):
        self.make_run()
        self.server.may_answer.clear()
        job = self.start()
        self.await_asked()
        job.send_signal(signal.SIGTERM)
        self.await_that(lambda: pending_signals(job.pid) == 0)
        self.server.may_answer.set()
        self.assertEqual(self.end_of(job)[0], TERMINATED)
        self.assertEqual((self.exit_record()["code"], self.exit_record()["signal"]), ("ended_before_start", 15))
        self.assertFalse((self.directory / "process.json").exists())
        self.assertEqual(self.server.hints, 1)

    def test_told_to_end_while_nobody_answers_it_goes_soon(self):
        self.make_run()
        self.server.may_answer.clear()
        job = self.start()
        self.await_asked()
        job.send_signal(signal.SIGTERM)
        self.assertEqual(self.end_of(job, timeout=25)[0], TERMINATED)
        self.assertFalse(self.has_ended())
        self.server.may_answer.set()

    def test_stopped_before_it_began_it_does_not_begin(self):
        self.make_run()
        (self.directory / "stop.json").write_text(json.dumps({"grace_period_s": 1}))
        self.assertEqual(self.run_to_end()[0], TERMINATED)
        self.assertEqual(self.exit_record()["code"], "ended_before_start")

    # kill -9.

    def test_a_killed_guard_takes_everything_with_it(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        job.kill()
        self.await_that(lambda: not self.processes() and not self.own() and self.has_ended())
        self.assertEqual(self.exit_record()["code"], "supervisor_lost")

    def test_a_killed_supervisor_takes_everything_with_it(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        kill(json.loads((self.directory / "process.json").read_text())["supervisor"]["pid"])
        self.assertEqual(self.end_of(job)[0], 1)
        self.assertEqual(self.exit_record()["code"], "supervisor_lost")
        self.assertEqual((self.processes(), self.own()), ([], []))

    def test_a_killed_watcher_is_replaced(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        supervisor = json.loads((self.directory / "process.json").read_text())["supervisor"]["pid"]
        (watcher,) = set(self.own()) - {job.pid, supervisor}
        kill(watcher)
        self.await_that(lambda: len(set(self.own()) - {watcher}) == 3)
        job.kill()
        self.await_that(lambda: not self.processes() and not self.own() and self.has_ended())

    def test_a_killed_command_has_its_signal_in_its_record(self):
        self.make_run()
        job = self.start()
        self.await_begun()
        kill(json.loads((self.directory / "process.json").read_text())["leader"]["pid"])
        self.assertEqual(self.end_of(job)[0], 137)
        self.assertEqual(self.exit_record()["signal"], 9)
        self.assertEqual(self.processes(), [])

    def test_killed_at_any_moment_nothing_is_left(self):
        seed = int(os.environ.get("TEST_SEED", random.randrange(10**6)))
        chance = random.Random(seed)
        print(f"TEST_SEED={seed}", file=sys.stderr)
        begun = 0
        for _ in range(int(os.environ.get("TEST_KILLS", "12"))):
            self.server.claimant = None
            self.make_run()
            job = self.start()
            until = time.monotonic() + chance.uniform(0, 0.4)
            self.await_that(lambda: time.monotonic() >= until)
            victims = self.own() + self.processes()
            victim = chance.choice(victims) if victims else job.pid
            kill(victim)
            if self.server.claimant is None:  # Whoever is left has nothing to do, or will ask.
                kill(job.pid)
            elif chance.random() < 0.5:
                kill(chance.choice(self.processes() or [job.pid]))
            job.send_signal(signal.SIGTERM)
            self.await_that(lambda: not self.processes() and not self.own_alive())
            if (self.directory / "process.json").exists():
                begun += 1
                self.await_that(self.has_ended)
        print(f"{begun} had begun", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
