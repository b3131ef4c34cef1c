#!/usr/bin/env python3
"""A real Slurm on loopback: eleven nodes with 56 stand-ins for GPUs, all daemons on this machine, everything in one folder.

As a module: `SlurmCluster(folder)`, `up`, `down`, and in between daemons are killed and started again. As a command:

    tests/support/slurm_cluster.py FOLDER up|down|restart DAEMON|kill DAEMON|status [--port PORT] [--rest USER]

Needs root, and what scripts/install-slurm installs. Its ports, and those of the server in front of it, are a free block (free_ports.py) that is
its own for as long as munged runs; FOLDER/port has the first. It ends everything that it started, jobs too.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from free_ports import take_block
from waiting import await_true

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")
#: Prefix, count, type and number of GPUs, processors, MiB of memory.
KINDS = (("a", 4, "a100", 4, 64, 515_000), ("b", 3, "a40", 8, 64, 515_000), ("c", 4, "a6000", 4, 64, 257_000))
#: From the first port; nodes have those from 2 on.
REST_PORT_OFFSET, SERVER_PORT_OFFSET, SERVICE_PORTS_OFFSET = 40, 50, 100


def absent(*more: str) -> str:
    """Why there can be no Slurm here, with more of its programs; empty where there can."""
    missing = [program for program in (*PROGRAMS, *more) if shutil.which(program) is None]
    if missing:
        return f"no {', '.join(missing)}: see scripts/install-slurm"
    return "" if os.geteuid() == 0 else "a Slurm of one's own needs root"


class SlurmCluster:
    def __init__(self, folder: Path, port=None, kinds=KINDS, settings: str = ""):
        """`settings`: lines of slurm.conf beside its own."""
        self.folder = Path(folder).resolve()
        self.port, self.port_lock = self._take_ports(port)
        self.more_settings = settings
        self.nodes = {f"{kind[0]}{index}": kind for kind in kinds for index in range(1, kind[1] + 1)}
        self.configuration = self.folder / "slurm.conf"
        #: Jobs carry it in their environment, so those of another Slurm are never taken for ours.
        self.name = "test" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]
        #: Without SLURM_JWT and the like: a token of others would be shown to this Slurm.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "SBATCH"))}
        self.environment["SLURM_CONF"] = str(self.configuration)
        self.children = {}  # By pid; only those that this process started.

    # What its user does.

    def up(self):
        for part in ("state", "spool", "log", "run", "dev"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)  # Munge and slurmrestd insist on it.
        self._write_configuration()
        self.start("munged")
        self.wait(lambda: (self.folder / "run" / "munge.sock").exists(), "munged to listen")
        self.start("slurmctld")
        self.await_controller()
        for node in self.nodes:
            self.start(node)
        self.await_nodes()
        return self

    def down(self):
        """Jobs first: their supervisors outlive the daemons."""
        if self.is_running("slurmctld") and self.is_running("munged"):
            self.cancel_all()
        for sign, patience_s in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            alive = [name for name in self._pids() if self.is_running(name)]
            for name in alive:
                self._signal(name, sign)
            deadline = time.monotonic() + patience_s
            while any(self.is_running(name) for name in alive) and time.monotonic() < deadline:
                time.sleep(0.02)
        for pid in self.leftovers():
            _signal_pid(pid, signal.SIGKILL)
        self._write_pids({})

    def start(self, daemon: str):
        """munged, slurmctld, slurmrestd, or a node's name for its slurmd."""
        if self.is_running(daemon):
            return
        kept = [self.port_lock.fileno()] if daemon == "munged" and self.port_lock else []
        with open(self.folder / "log" / f"{daemon}.out", "ab") as log:
            child = subprocess.Popen(self._command(daemon), env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                     start_new_session=True, cwd=self.folder, pass_fds=kept)
        self.children[child.pid] = child
        self._write_pids({**self._pids(), daemon: [child.pid, _start_time(child.pid)]})

    def kill(self, daemon: str, sign=signal.SIGKILL):
        """Gone when this returns. Jobs go on: they have supervisors of their own."""
        self._signal(daemon, sign)
        self.wait(lambda: not self.is_running(daemon), f"{daemon} to end")

    def restart(self, daemon: str):
        if self.is_running(daemon):
            self.kill(daemon)
        self.start(daemon)

    def start_rest(self, user: str) -> str:
        """slurmrestd, which refuses to be root; its URL. Tokens: `token`."""
        self.rest_user = user
        self.start("slurmrestd")
        self.wait(lambda: self._listens(self.port + REST_PORT_OFFSET), "slurmrestd to listen")
        return f"http://127.0.0.1:{self.port + REST_PORT_OFFSET}"

    def token(self, user: str, lifespan_s=3600) -> str:
        return self.say("scontrol", "token", f"username={user}", f"lifespan={lifespan_s}").strip().removeprefix("SLURM_JWT=")

    def run(self, *words, timeout=60, text=None):
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=timeout, input=text)

    def say(self, *words, text=None) -> str:
        done = self.run(*words, text=text)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
        return done.stdout

    def jobs(self):
        """Name: (id, state) of all that Slurm lists, ended ones too."""
        lines = self.say("squeue", "-h", "-t", "all", "-o", "%j|%i|%T").splitlines()
        return {name: (int(job), state) for name, job, state in (line.split("|") for line in lines)}

    def cancel_all(self, patience_s=30):
        """False where something of it is left, which a node that is away does."""
        self.run("scancel", "--user=root")
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            listed = self.run("squeue", "-h", "-o", "%i %T")
            if listed.returncode == 0 and not listed.stdout.strip():
                return True
            time.sleep(0.1)
        return False

    def await_controller(self):
        self.wait(lambda: " is UP" in self.run("scontrol", "ping").stdout, "slurmctld to answer")

    def await_nodes(self):
        def are_up():
            listed = self.run("sinfo", "-h", "-N", "-t", "idle,mix,alloc", "-o", "%N").stdout.split()
            return set(listed) >= set(self.nodes)
        self.wait(are_up, "all nodes to be up")

    def wait(self, condition, what: str):
        return await_true(condition, what, lambda: f"logs are in {self.folder / 'log'}")

    def is_running(self, daemon: str) -> bool:
        pid, started = self._pids().get(daemon, (0, ""))
        if pid in self.children and self.children[pid].poll() is not None:
            return False
        return pid != 0 and _start_time(pid) == started

    def leftovers(self):
        """Processes of jobs of this cluster, and their supervisors, by pid."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if f"SLURM_CLUSTER_NAME={self.name}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
                elif (folder / "exe").resolve().name.startswith("slurmstepd") and self._has_open(folder):
                    found.append(int(folder.name))
            except OSError:
                continue  # It has ended meanwhile.
        return found

    def supervisor_of(self, job: str):
        """Pids of the slurmstepd that runs its script."""
        return [pid for pid in self.leftovers() if f"[{job}.batch]".encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]

    # How.

    def _take_ports(self, wanted):
        """The first, and what holds the block; nothing does where somebody chose it, or where it was taken in another process."""
        file = self.folder / "port"
        if not wanted and file.exists():
            return int(file.read_text()), None
        port, lock = (wanted, None) if wanted else take_block()
        self.folder.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{port}\n")
        return port, lock

    def _has_open(self, process: Path) -> bool:
        links = [process / "cwd", *(process / "fd").iterdir()]
        return any(os.readlink(link).startswith(f"{self.folder}/") for link in links)

    def _command(self, daemon: str):
        run, log = self.folder / "run", self.folder / "log"
        if daemon == "munged":
            return ["munged", "--foreground", "--force", f"--key-file={self.folder}/munge.key", f"--socket={run}/munge.sock",
                    f"--pid-file={run}/munged.pid", f"--log-file={log}/munged.log", f"--seed-file={run}/munged.seed"]
        if daemon == "slurmctld":
            return ["slurmctld", "-D"]
        if daemon == "slurmrestd":
            return ["setpriv", f"--reuid={self.rest_user}", "--regid=nogroup", "--clear-groups", "env", "SLURM_JWT=daemon", "slurmrestd",
                    "-a", "rest_auth/jwt", "-s", "openapi/v0.0.38", f"127.0.0.1:{self.port + REST_PORT_OFFSET}"]
        return ["slurmd", "-D", "-N", daemon]

    def _write_configuration(self):
        for name, length in (("munge.key", 128), ("jwt.key", 32)):
            key = self.folder / name
            if not key.exists():
                key.touch(mode=0o600)
                key.write_bytes(os.urandom(length))
        for index in range(max(kind[3] for kind in self.nodes.values())):
            _make_device(self.folder / "dev" / f"gpu{index}")
        host = socket.gethostname().split(".")[0]
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        (self.folder / "gres.conf").write_text("".join(
            f"NodeName={name} Name=gpu Type={kind[2]} File={self.folder}/dev/gpu[0-{kind[3] - 1}]\n" for name, kind in self.nodes.items()))
        self.configuration.write_text(self._settings(host) + "".join(
            f"NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={self.port + 2 + index} CPUs={kind[4]} RealMemory={kind[5]} "
            f"Gres=gpu:{kind[2]}:{kind[3]} Features={kind[2]}\n" for index, (name, kind) in enumerate(self.nodes.items()))
            + "PartitionName=gpu Nodes=ALL Default=YES MaxTime=7-0 DefaultTime=60 State=UP\n" + self.more_settings)

    def _settings(self, host: str) -> str:
        settings = {
            "ClusterName": self.name, "SlurmctldHost": f"{host}(127.0.0.1)", "SlurmUser": "root", "SlurmdUser": "root",
            "SlurmctldPort": self.port, "SlurmdPort": self.port + 1,
            "CommunicationParameters": "NoCtldInAddrAny,NoInAddrAny",
            "AuthType": "auth/munge", "AuthInfo": f"socket={self.folder}/run/munge.sock",
            "AuthAltTypes": "auth/jwt", "AuthAltParameters": f"jwt_key={self.folder}/jwt.key",
            "StateSaveLocation": self.folder / "state", "SlurmdSpoolDir": f"{self.folder}/spool/%n",
            "SlurmctldPidFile": self.folder / "run/slurmctld.pid", "SlurmdPidFile": f"{self.folder}/run/slurmd.%n.pid",
            "SlurmctldLogFile": self.folder / "log/slurmctld.log", "SlurmdLogFile": f"{self.folder}/log/slurmd.%n.log",
            "ProctrackType": "proctrack/linuxproc", "TaskPlugin": "task/none", "MpiDefault": "none", "MailProg": "/bin/true",
            "SelectType": "select/cons_tres", "SelectTypeParameters": "CR_CPU_Memory", "GresTypes": "gpu", "DefMemPerCPU": 100,
            "SlurmdParameters": "config_overrides",  # Believe the declared processors and memory.
            "SchedulerParameters": "batch_sched_delay=0", "MessageTimeout": 5, "KillWait": 5, "SlurmdTimeout": 60,
            "ReturnToService": 1,  # 2 would undo an operator's state=down.
        }
        if not _has_jwt():
            del settings["AuthAltTypes"], settings["AuthAltParameters"]
        return "".join(f"{key}={value}\n" for key, value in settings.items())

    def _signal(self, daemon: str, sign):
        if self.is_running(daemon):
            _signal_pid(self._pids()[daemon][0], sign)

    def _listens(self, port: int) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def _pids(self):
        file = self.folder / "run" / "daemons.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def _write_pids(self, pids):
        (self.folder / "run" / "daemons.json").write_text(json.dumps(pids))


def _has_jwt() -> bool:
    return any(Path("/usr/lib").glob("*/slurm*/auth_jwt.so"))


def _make_device(path: Path):
    """What /dev/null is, or a plain file, which costs a line in a log."""
    if path.exists():
        return
    try:
        os.mknod(path, 0o20666, os.makedev(1, 3))
    except PermissionError:
        path.touch()


def _start_time(pid: int) -> str:
    """Of a process, so that its pid is never another's; empty where it has ended."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] == "Z" else words[19]


def _signal_pid(pid: int, sign):
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("action", choices=("up", "down", "kill", "restart", "status"))
    parser.add_argument("daemon", nargs="?")
    parser.add_argument("--port", type=int, metavar="PORT", help="the first of 200; free ones otherwise")
    parser.add_argument("--rest", metavar="USER", help="with slurmrestd, as this user")
    arguments = parser.parse_args()
    if problem := absent(*(["slurmrestd"] if arguments.rest else [])):
        print(f"slurm_cluster: {problem}", file=sys.stderr)
        return 77
    cluster = SlurmCluster(arguments.folder, arguments.port)
    if arguments.action in ("kill", "restart"):
        getattr(cluster, arguments.action)(arguments.daemon or parser.error("which daemon?"))
    elif arguments.action == "status":
        print(cluster.say("sinfo") + cluster.say("squeue"), end="")
    elif arguments.action == "down":
        cluster.down()
    else:
        try:
            cluster.up()
            if arguments.rest:
                print(cluster.start_rest(arguments.rest))
        except BaseException:
            cluster.down()
            raise
        print(f"export SLURM_CONF={cluster.configuration}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
