"""Slurm as Debian packages it: slurmctld, a slurmd for each node of the university's center, slurmrestd.

11 nodes and 56 GPUs that are stand-ins, one folder, loopback only, as root (slurmd insists). slurmrestd in turn refuses root, and
runs as nobody; its tokens are made with `scontrol token`. Packages: slurmctld slurmd slurm-client munge slurmrestd
slurm-wlm-jwt-plugin.
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from peers.ports import free_port, wait_for_port

#: Prefix of the name, nodes, model, GPUs a node, memory in MB.
_KINDS = (("a100-n", 4, "a100", 4, 515000), ("sv8ka-n", 3, "a40", 8, 515000), ("sv4ka-n", 4, "a6000", 4, 257000))
_CONFIGURATION = """
ClusterName=peer
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={folder}/jwt.key
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={port}
SlurmdPort={slurmd_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
SlurmctldDebug=error
SlurmdDebug=error
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
GresTypes=gpu
MailProg=/bin/true
DefMemPerCPU=100
ReturnToService=1
KillWait=5
SlurmdTimeout=60
MaxJobCount=200000
FirstJobId=1000
SchedulerParameters=batch_sched_delay=0
{nodes}
PartitionName=p1 Nodes=ALL Default=YES MaxTime=7-0 DefaultTime=60 State=UP
"""


class SlurmIsMissing(Exception):
    """It isn't installed, or may not run here."""


def _programs_are_there():
    wanted = ("munged", "slurmctld", "slurmd", "slurmrestd", "scontrol", "scancel", "setpriv")
    return os.geteuid() == 0 and all(shutil.which(program) for program in wanted)


class Slurm:
    """A cluster of its own, from `start` to `stop`; `kill_controller` and `start_controller` in between."""

    name = "Slurm"

    def __init__(self, folder: Path):
        if not _programs_are_there():
            raise SlurmIsMissing("needs root, slurmctld, slurmd, slurm-client, munge, slurmrestd and slurm-wlm-jwt-plugin")
        self.folder = folder
        self.nodes = []
        self.rest = None
        self.environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}
        self._configure()

    def start(self):
        self._run("munged", "--force", f"--key-file={self.folder}/munge.key", f"--socket={self.folder}/munge.sock",
                  f"--pid-file={self.folder}/run/munged.pid", f"--log-file={self.folder}/log/munged.log",
                  f"--seed-file={self.folder}/run/munged.seed", "--num-threads=10")
        self.start_controller()
        for node in self.nodes:
            self._run("slurmd", "-N", node)
        self._wait_for_nodes()
        self.token = self._run("scontrol", "token", "username=root", "lifespan=86400").split("=", 1)[1].strip()
        self._start_rest()

    def start_controller(self):
        self._run("slurmctld")

    def kill_controller(self):
        os.kill(self._controller(), signal.SIGKILL)
        while Path(f"/proc/{self._controller()}").exists():
            time.sleep(0.01)

    def wait_until_it_answers(self):
        while subprocess.run(["scontrol", "ping"], env=self.environment, capture_output=True, text=True,
                             timeout=60).stdout.find("is UP") < 0:
            time.sleep(0.05)

    def headers(self):
        return ("X-SLURM-USER-NAME: root", f"X-SLURM-USER-TOKEN: {self.token}", "Content-Type: application/json")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/slurm/v0.0.38{path}"

    def resident_bytes(self) -> int:
        """Of the controller."""
        pages = int(Path(f"/proc/{self._controller()}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self):
        if self.rest:
            self.rest.terminate()
            self.rest.wait()
        subprocess.run(["scancel", "--partition=p1", "--state=RUNNING"], env=self.environment, capture_output=True, timeout=60)
        pids = [int(file.read_text()) for file in (self.folder / "run").glob("*.pid") if file.read_text().strip()]
        for pid in pids:
            _send(pid, signal.SIGTERM)
        for _ in range(50):
            if not any(Path(f"/proc/{pid}").exists() for pid in pids):
                return
            time.sleep(0.1)
        for pid in pids:
            _send(pid, signal.SIGKILL)

    def _configure(self):
        for name in ("state", "spool", "log", "run", "dev"):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)
        for name, size in (("munge.key", 128), ("jwt.key", 32)):
            (self.folder / name).write_bytes(os.urandom(size))
            (self.folder / name).chmod(0o600)
        for gpu in range(8):
            os.mknod(self.folder / "dev" / f"gpu{gpu}", 0o20666, os.makedev(1, 3))
        host = socket.gethostname().split(".")[0]
        nodes, gres = [], []
        for prefix, count, model, gpus, memory in _KINDS:
            for number in range(1, count + 1):
                name = f"{prefix}{number}"
                nodes.append(f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={free_port()} CPUs=80 "
                             f"RealMemory={memory} Gres=gpu:{model}:{gpus} Features={model}")
                gres.append(f"NodeName={name} Name=gpu Type={model} File={self.folder}/dev/gpu[0-{gpus - 1}]")
                self.nodes.append(name)
        (self.folder / "gres.conf").write_text("\n".join(gres) + "\n")
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        (self.folder / "slurm.conf").write_text(_CONFIGURATION.format(
            host=host, folder=self.folder, port=free_port(), slurmd_port=free_port(), nodes="\n".join(nodes)))

    def _start_rest(self):
        self.port = free_port()
        nobody = pwd.getpwnam("nobody").pw_uid
        group = grp.getgrnam("nogroup").gr_gid
        self.rest = subprocess.Popen(
            ["setpriv", f"--reuid={nobody}", f"--regid={group}", "--clear-groups", "env", "SLURM_JWT=daemon", "slurmrestd",
             "-t", "16", "-a", "rest_auth/jwt", "-s", "openapi/v0.0.38", f"127.0.0.1:{self.port}"],
            env=self.environment, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.rest)

    def _wait_for_nodes(self):
        for _ in range(300):
            states = self._run("sinfo", "-h", "-N", "-o", "%T", check=False).split()
            if len(states) == len(self.nodes) and all(state == "idle" for state in states):
                return
            time.sleep(0.1)
        raise AssertionError(f"nodes of the peer don't come up: see {self.folder}/log")

    def _controller(self) -> int:
        return int((self.folder / "run" / "slurmctld.pid").read_text())

    def _run(self, *command, check=True) -> str:
        # Into a file: daemons keep what they inherit, so a pipe would never end.
        with open(self.folder / "log" / "commands", "w+", encoding="utf-8") as output:
            subprocess.run(command, env=self.environment, check=check, stdout=output, stderr=subprocess.DEVNULL,
                           close_fds=True, timeout=60)
            output.seek(0)
            return output.read()


def _send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # It is gone already.
