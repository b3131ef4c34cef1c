"""`orrery bench` as a user runs it: what it lists, saves, compares and refuses. Tiny inputs."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ORRERY = os.environ["ORRERY"]
#: The fastest there is.
BENCH = "placement"


def bench(*arguments, folder=None):
    command = [ORRERY, "bench", *arguments, *(["--folder", str(folder)] if folder else [])]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


class BenchProcess(unittest.TestCase):
    def setUp(self):
        self.kept = tempfile.TemporaryDirectory()
        self.addCleanup(self.kept.cleanup)
        self.folder = Path(self.kept.name)

    def saved(self, name, *arguments):
        path = self.folder / name
        done = bench(BENCH, "--quick", "--runs", "2", "--json", str(path), *arguments, folder=self.folder)
        return done, path

    def doctored(self, path, change):
        session = json.loads(path.read_text())
        change(session)
        path.write_text(json.dumps(session))

    def test_it_lists_what_there_is(self):
        listed = bench("--list")
        self.assertEqual(listed.returncode, 0)
        self.assertIn("c2m", listed.stdout)

    def test_a_session_is_shown_and_saved_and_leaves_nothing_behind(self):
        done, path = self.saved("session.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("leases/s", done.stdout)
        session = json.loads(path.read_text())
        self.assertTrue(session["quick"])
        self.assertEqual(session["failed"], [])
        self.assertEqual([len(result["runs"]) for result in session["results"]], [2, 2, 2])
        self.assertGreater(session["machine"]["cores"], 0)
        self.assertEqual([entry.name for entry in self.folder.iterdir()], ["session.json"])
        self.assertNotIn("\x1b", done.stderr, "no progress where nobody watches")

    def test_json_to_the_standard_output_is_all_of_it(self):
        done = bench(BENCH, "--quick", "--runs", "1", "--json", "-", folder=self.folder)
        self.assertEqual(json.loads(done.stdout)["version"], 1)
        self.assertIn("leases/s", done.stderr)

    def test_a_regression_is_named(self):
        _, path = self.saved("before.json")

        def was_much_faster(session):
            session["results"][0]["median"]["value"] *= 1e6
            session["results"][0]["runs"] = [value * 1e6 for value in session["results"][0]["runs"]]

        self.doctored(path, was_much_faster)
        done = bench(BENCH, "--quick", "--runs", "2", "--against", str(path), folder=self.folder)
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertRegex(done.stderr, r"(?m)^placement .*REGRESSION")

    def test_another_result_is_a_regression(self):
        _, path = self.saved("before.json")

        def computed_something_else(session):
            session["results"][1]["median"]["hash"] = "0"

        self.doctored(path, computed_something_else)
        done = bench(BENCH, "--quick", "--runs", "2", "--against", str(path), folder=self.folder)
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertIn("computes something else", done.stderr)

    def test_another_machine_has_no_regressions(self):
        _, path = self.saved("before.json")

        def was_elsewhere(session):
            session["machine"]["cpu"] = "Another"
            session["results"][1]["median"]["hash"] = "0"

        self.doctored(path, was_elsewhere)
        done = bench(BENCH, "--quick", "--runs", "2", "--against", str(path), folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("another machine (Another", done.stderr)

    def test_what_cannot_be_compared_is_refused_before_anything_runs(self):
        _, path = self.saved("before.json")
        self.assertEqual(bench(BENCH, "--against", str(path)).returncode, 2)
        self.assertIn("measure now as then", bench(BENCH, "--against", str(path)).stderr)
        path.write_text("{}")
        self.assertEqual(bench(BENCH, "--against", str(path)).returncode, 2)
        missing = bench(BENCH, "--against", str(self.folder / "none"))
        self.assertEqual(missing.returncode, 2)
        self.assertIn("cannot be read", missing.stderr)

    def test_an_unknown_bench_is_refused_with_the_nearest(self):
        refused = bench("placment")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("placement", refused.stderr)
        self.assertEqual(bench(BENCH, "--runs", "0").returncode, 2)

    def test_a_folder_that_cannot_be_made_is_said(self):
        (self.folder / "file").write_text("")
        refused = bench(BENCH, "--quick", folder=self.folder / "file")
        self.assertEqual(refused.returncode, 3, refused.stderr)


if __name__ == "__main__":
    unittest.main()
