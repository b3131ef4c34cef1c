#!/usr/bin/env python3
"""A real Slurm under the APIs by slurmrestd alone: a service and a script of the center run, are cancelled, and are seen to end.

Skipped without a Slurm (scripts/install-slurm), its slurmrestd or root."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from slurm_case import SlurmCase, main, script  # noqa: E402


class SlurmByRest(SlurmCase):
    @classmethod
    def arguments(cls):
        url = cls.cluster.start_rest("nobody")
        token = cls.folder / "token"
        token.touch(mode=0o600)
        token.write_text(cls.cluster.token("root"))
        return ("--driver-slurm-access", "rest", "--driver-slurm-rest-url", url, "--driver-slurm-rest-user", "root",
                "--driver-slurm-rest-token-file", str(token))

    def test_a_service_runs_until_it_is_stopped(self):
        service = self.running_service()
        self.server.kill()  # It serves on, and is found again.
        self.server.serve()
        self.assertEqual((self.server.service_status(service), self.ask(service)), ("running", "hello"))
        self.end_service(service)

    def test_a_script_runs_with_its_gpus(self):
        job = self.server.submit(script("exit $(echo $CUDA_VISIBLE_DEVICES | tr ',' '\\n' | wc -l)"))
        ended = self.server.await_job(job, "FAILED")
        self.assertEqual(ended["exit_code"] >> 8 or ended["exit_code"], 2)
        self.await_gone(f"job-{job}.")

    def test_a_script_is_cancelled(self):
        job, _ = self.running_job("sleep 600")
        self.cancel(job)


if __name__ == "__main__":
    main("slurmrestd")
