"""A real `orrery serve` process that runs services on this host, and a client of its service API."""

import os
import signal
from pathlib import Path

from orrery_server import ServerProcess, Services


class LocalServer(ServerProcess, Services):
    def __init__(self, binary: str, folder: Path, recipes: Path, *arguments: str):
        super().__init__(binary, folder / "data", "--services-recipes", str(recipes), *arguments)

    def start(self, enabled: bool = True):
        return super().start(*(["--local-process-enabled"] if enabled else []))

    def end_everything(self):
        """Whatever became of the test, nothing of it runs on."""
        if self.is_running():
            self.kill()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def processes(self):
        """Processes of services: each carries its run directory in its environment."""
        return [pid for pid, entry in _environments() if entry.startswith(f"ORRERY_RUN={self.data.resolve()}/")]

    def processes_of(self, service: str):
        mark = f"ORRERY_RUN={self.data.resolve()}/local_process/{service}."
        return [pid for pid, entry in _environments() if entry.startswith(mark)]

    def supervisors(self):
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[1:3] == ["supervise", "--run"] and words[3].startswith(f"{self.data.resolve()}/"):
                found.append(int(folder.name))
        return found


def _environments():
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            for entry in (folder / "environ").read_bytes().decode(errors="replace").split("\0"):
                if entry.startswith("ORRERY_RUN="):
                    yield int(folder.name), entry
        except OSError:
            continue
