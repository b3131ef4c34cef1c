"""An `orrery serve --dev` whose services, jobs and instances run on a real Slurm on loopback."""

import json
import os
import re
import subprocess
from pathlib import Path

from orrery_server import Server, Services
from slurm_cluster import SERVER_PORT_OFFSET, SERVICE_PORTS_OFFSET, SlurmCluster
from waiting import await_true

#: Nodes of the center's shipped rules, and of Slurm.
NODE_NAMES = {"a100-n": "slurm-a", "sv8ka-n": "slurm-b", "sv4ka-n": "slurm-c"}


class SlurmServer(Server, Services):
    """Listens on the same port in all its lives: jobs come there to claim their runs."""

    def __init__(self, binary: str, folder: Path, cluster: SlurmCluster, *arguments: str):
        port = cluster.port + SERVER_PORT_OFFSET
        services = cluster.port + SERVICE_PORTS_OFFSET
        self.folder = folder
        self.cluster = cluster
        self.runs = folder / "runs"
        self.runs.mkdir(exist_ok=True)
        self.recipes = folder / "recipes"
        self.recipes.mkdir(exist_ok=True)
        catalog = folder / "catalog.toml"
        catalog.write_text(_catalog(binary))
        super().__init__(
            binary, folder / "data", "--driver-slurm-enabled", "--driver-slurm-slurm-conf", str(cluster.configuration),
            "--driver-slurm-directory", str(self.runs), "--driver-slurm-server-url", f"http://127.0.0.1:{port}",
            "--driver-slurm-ports", f"{services}-{services + 99}", "--driver-slurm-deadline", "10", "--driver-slurm-tick-ms", "250",
            "--services-recipes", str(self.recipes), "--aicenter-cluster", "slurm", "--aicenter-files", str(folder / "home"),
            "--catalog", str(catalog), "--dev-nodes", "1", *arguments, listen=f"127.0.0.1:{port}")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}

    def serve(self):
        """With all nodes of Slurm's there, and the center's rules naming them."""
        self.start()
        await_true(lambda: len(self.nodes()) == len(self.cluster.nodes), "Slurm's nodes to be imported", self.nodes)
        rules = self.folder / "rules.toml"
        if not rules.exists():
            rules.write_text(_rules(self.binary))
            self.run_orrery("center", "policy", "apply", str(rules), admin=True)
        return self

    def nodes(self):
        """By id, those of Slurm that are ready."""
        return {node["id"]: node for node in self.operator("/nodes?cluster=slurm")["items"] if node["ready"]}

    def run_orrery(self, *words, admin=False, text=None, check=True):
        """As the center's people type it; what it prints."""
        credentials = self.credentials["aicenter"]
        environment = {**self.environment, "SLURM_JWT": credentials["admin_token" if admin else "token"],
                       "ORRERY_SERVER": "http://{}:{}".format(*self.address), "HOME": str(self.folder)}
        done = subprocess.run([self.binary, *words], env=environment, cwd=self.folder, input=text, capture_output=True, text=True,
                              timeout=60)
        if check:
            assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def submit(self, script: str, *options) -> int:
        return int(self.run_orrery("sbatch", "--parsable", *options, text=script).strip())

    def job(self, job: int):
        credentials = self.credentials["aicenter"]
        headers = {"X-SLURM-USER-NAME": credentials["user"], "X-SLURM-USER-TOKEN": credentials["token"]}
        status, answer = self.call("GET", f"/slurm/v0.0.38/job/{job}", headers=headers)
        assert status == 200, (job, answer)
        return answer["jobs"][0]

    def await_job(self, job: int, *wanted: str, timeout_s: float = 90):
        await_true(lambda: self.job(job)["job_state"] in wanted, f"job {job} to be {wanted}", lambda: self.sight_of_job(job), timeout_s)
        return self.job(job)

    def sight_of_job(self, job: int):
        shown = self.job(job)
        runs = [run for run in self.operator("/slurm/runs").get("items", []) if str(job) in json.dumps(run)]
        return {key: shown[key] for key in ("job_state", "state_reason", "nodes")}, runs, self.cluster.run("squeue", "-t", "all").stdout

    def home(self) -> Path:
        """Of the demo's user at the center."""
        return self.folder / "home" / self.credentials["aicenter"]["user"]

    def processes(self):
        """Pid and run directory of everything that runs for us, on whichever node: supervisors, claims and what they started."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if int(process.name) == self.process.pid:
                    continue
                words = (process / "cmdline").read_bytes() + b"\0" + (process / "environ").read_bytes()
            except OSError:
                continue
            run = re.search(re.escape(str(self.runs).encode()) + rb"/([^/\0' ]+)", words)
            if run and b"slurmctld" not in words:
                found[int(process.name)] = run.group(1).decode()
        return found


def _catalog(binary: str) -> str:
    """The shipped one, sold from Slurm's nodes."""
    shown = subprocess.run([binary, "catalog", "example"], check=True, capture_output=True, text=True).stdout
    return shown.replace('cluster = "host-cluster"', 'cluster = "slurm"').replace('gpu_model = "4090"', 'gpu_model = "a6000"')


def _rules(binary: str) -> str:
    rules = subprocess.run([binary, "center", "policy", "example"], check=True, capture_output=True, text=True).stdout
    for ours, slurms in NODE_NAMES.items():
        rules = rules.replace(f'"{ours}', f'"{slurms}')
    return rules.replace('requeue_delay_s = "2min"', 'requeue_delay_s = "1s"')
