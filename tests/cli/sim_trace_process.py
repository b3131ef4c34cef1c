"""`orrery sim trace` as a user runs it: what it prints, writes, says of bad lines, and refuses."""

import json
import os
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ORRERY = os.environ["ORRERY"]
HEADER = "job_id,submission_time,duration,num_gpu\n"
SMALL = HEADER + "a,100,10,3\nb,101,10,4\nc,102,8,1\n"


def sim_trace(*arguments):
    return subprocess.run([ORRERY, "sim", "trace", *map(str, arguments)], capture_output=True, text=True, timeout=120)


class SimTraceProcess(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name)

    def trace(self, text=SMALL, name="small.csv"):
        path = self.folder / name
        path.write_text(text)
        return path

    def test_policies_are_compared_in_a_table(self):
        done = sim_trace(self.trace(), "--policy", "fifo,backfill", "--cluster", "1x4", "--price", "2", "--currency", "$")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("trace"))
        self.assertIn("fifo+pack", lines[1])
        self.assertIn("fifo+backfill+pack", lines[2])
        self.assertIn("$", lines[1])
        self.assertIn("6 jobs played", done.stdout)
        self.assertEqual(done.stderr, "", "no progress where nobody watches")

    def test_a_cluster_is_chosen_and_said(self):
        done = sim_trace(self.trace(HEADER + "a,0,10,3\nb,1000,10,1\n"), "--gpus-per-node", "2")
        self.assertIn("2x2", done.stdout)
        self.assertIn("keep 80 % busy", done.stdout)

    def test_reports_are_written_whole_and_are_the_same_again(self):
        html, data = self.folder / "report.html", self.folder / "report.json"
        arguments = (self.trace(), "--overestimate", "5", "--seed", "7", "--html", html, "--json", data)
        self.assertEqual(sim_trace(*arguments).returncode, 0)
        first = html.read_bytes(), data.read_bytes()
        self.assertEqual(sim_trace(*arguments).returncode, 0)
        self.assertEqual(first, (html.read_bytes(), data.read_bytes()))
        self.assertIn("--seed 7", json.dumps(json.loads(first[1])))
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["report.html", "report.json", "small.csv"])

    def test_json_on_the_standard_output_stands_alone(self):
        done = sim_trace(self.trace(), "--json", "-")
        self.assertIn("fifo", json.dumps(json.loads(done.stdout)))
        self.assertIn("jobs played", done.stderr)

    def test_several_traces_are_summed_up(self):
        self.trace()
        self.trace(HEADER + "a,0,5,1\n", "other.csv")
        done = sim_trace(self.folder, "--policy", "fifo")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("all together", done.stdout)

    def test_bad_lines_are_told_with_number_and_reason(self):
        path = self.trace(SMALL + "d,not a time,1,1\n" * 30)
        kept = self.folder / "bad.txt"
        done = sim_trace(path, "--bad-lines", kept)
        self.assertEqual(done.returncode, 0)
        told = done.stderr.splitlines()
        self.assertEqual(len(told), 21)
        self.assertIn(":5: ", told[0])
        self.assertIn("10 more", told[20])
        self.assertEqual(len(kept.read_text().splitlines()), 30)

    def test_jobs_that_never_fit_are_said(self):
        done = sim_trace(self.trace(), "--cluster", "1x2")
        self.assertIn("2 of 3 jobs ask for more than 1x2 has", done.stdout)

    def test_what_is_wrong_is_named(self):
        trace = self.trace()
        for arguments, code, words in (
                ((trace, "--policy", "lifo"), 2, "fifo, sjf, fairshare"),
                ((trace, "--cluster", "big"), 2, "NODESxGPUS"),
                ((trace, "--speed", "0"), 2, "--speed"),
                ((self.folder / "absent.csv",), 1, "absent.csv"),
                ((self.trace("nothing\n", "note.txt"),), 1, "note.txt"),
                ((self.trace(HEADER, "empty.csv"),), 1, "empty.csv"),
                ((trace, "--html", self.folder / "no" / "report.html"), 1, "cannot be written")):
            done = sim_trace(*arguments)
            self.assertEqual(done.returncode, code, (arguments, done.stderr))
            self.assertIn(words, done.stderr)

    def test_the_published_traces_take_no_time(self):
        folder = os.environ.get("ORRERY_TRACES")
        if not folder:
            self.skipTest("ORRERY_TRACES doesn't name a folder with the published traces")
        began = time.monotonic()
        done = sim_trace(Path(folder) / "elasticflow", "--policy", "backfill")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("57957 jobs played", done.stdout)
        self.assertLess(time.monotonic() - began, 20, "2 seconds on a machine that does nothing else")


if __name__ == "__main__":
    unittest.main()
