#!/usr/bin/env python3
"""A real Slurm under the APIs by slurmrestd alone: a service and a script of the center run, are cancelled, and are seen to end.

Skipped without a Slurm (scripts/install-slurm), its slurmrestd or root."""

import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from slurm_cluster import SlurmCluster, absent  # noqa: E402
from slurm_server import SlurmServer  # noqa: E402

BINARY = os.environ["ORRERY"]
PORT = int(os.environ.get("TEST_SLURM_REST_PORT", "14000"))
ENDED = ("COMPLETED", "CANCELLED", "FAILED", "TIMEOUT")
RECIPE = """\
name: server
description: for a test
version: "1"
command: ["python3", "-u", "-m", "http.server", "--bind", "${HOST}", "${PORT}"]
ports: [8001]
resources: {cpu: 1, memory: 256M}
readiness: {path: /, interval_ms: 50, timeout_s: 60}
grace_period_s: 2
"""
SCRIPT = "#!/bin/bash\n#SBATCH --gres=gpu:a100:2\n#SBATCH --time=10\n{lines}\n"


class SlurmByRest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="orrery-slurm-"))
        cls.folder.chmod(0o755)  # slurmrestd isn't root.
        cls.cluster = SlurmCluster(cls.folder / "slurm", PORT)
        try:
            url = cls.cluster.up().start_rest("nobody")
            token = cls.folder / "token"
            token.touch(mode=0o600)
            token.write_text(cls.cluster.token("root"))
            cls.server = SlurmServer(BINARY, cls.folder, cls.cluster, PORT + 300, "--driver-slurm-access", "rest", "--driver-slurm-rest-url",
                                     url, "--driver-slurm-rest-user", "root", "--driver-slurm-rest-token-file", str(token))
            (cls.server.recipes / "test").mkdir()
            (cls.server.recipes / "test" / "server.yaml").write_text(RECIPE)
            cls.server.serve()
        except BaseException:
            cls.end()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.end()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def end(cls):
        if (server := getattr(cls, "server", None)) and server.process and server.process.poll() is None:
            server.kill()
        cls.cluster.down()

    def await_gone(self, prefix):
        def is_gone():
            return all(state in ENDED for name, (_, state) in self.cluster.jobs().items() if name.startswith(prefix))
        self.cluster.wait(is_gone, f"jobs {prefix}* to leave Slurm")

    def test_a_service_runs_until_it_is_stopped(self):
        service = self.server.create_service("test/server")
        self.server.await_service(service, "running")
        self.server.kill()  # It serves on, and is found again.
        self.server.serve()
        self.assertEqual(self.server.service_status(service), "running")
        self.assertEqual(self.server.call("DELETE", f"/api/v1/services/{service}")[0], 200)
        self.server.await_service(service, "cancelled")
        self.await_gone(f"{service}.")

    def test_a_script_runs_with_its_gpus(self):
        job = self.server.submit(SCRIPT.format(lines="exit $(echo $CUDA_VISIBLE_DEVICES | tr ',' '\\n' | wc -l)"))
        ended = self.server.await_job(job, "FAILED")
        self.assertEqual(ended["exit_code"] >> 8 or ended["exit_code"], 2)
        self.await_gone(f"job-{job}.")

    def test_a_script_is_cancelled(self):
        job = self.server.submit(SCRIPT.format(lines="sleep 600"))
        self.server.await_job(job, "RUNNING")
        self.server.run_orrery("scancel", str(job))
        self.server.await_job(job, "CANCELLED")
        self.await_gone(f"job-{job}.")


if __name__ == "__main__":
    if problem := absent() or ("" if shutil.which("slurmrestd") else "no slurmrestd: see scripts/install-slurm"):
        print(problem)
        sys.exit(77)
    unittest.main()
