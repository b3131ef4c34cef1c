"""Redis with a stream of events, each appended durably: appendfsync always."""

import re
import subprocess
from pathlib import Path

from peers.ports import free_port, wait_for_port

_PAYLOAD = "p" * 200
_STREAM = "events"


class Redis:
    def __init__(self, folder: Path):
        folder.mkdir()
        self.port = free_port()
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--appendonly", "yes",
             "--appendfsync", "always", "--save", "", "--loglevel", "warning"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def _client(self, *command: str) -> str:
        return subprocess.run(["redis-cli", "-p", str(self.port), *command], check=True, capture_output=True, text=True).stdout

    def appends_per_s(self, clients: int, pipelined: int, count: int) -> float:
        """Events that redis-benchmark appends; `pipelined` of them go out at once, which the server syncs together."""
        text = subprocess.run(["redis-benchmark", "-p", str(self.port), "-c", str(clients), "-P", str(pipelined), "-n", str(count),
                               "--threads", "2", "-q", "XADD", _STREAM, "*", "stream", "vm/0123456789abcdef", "payload", _PAYLOAD],
                              check=True, capture_output=True, text=True).stdout
        return float(re.findall(r"([\d.]+) requests per second", text)[-1])

    def events(self) -> int:
        return int(self._client("XLEN", _STREAM))

    def read_all(self) -> None:
        """Every event in order, in pages of 10,000."""
        last = "-"
        while True:
            page = self._client("--raw", "XRANGE", _STREAM, last, "+", "COUNT", "10000")
            ids = re.findall(r"^\d+-\d+$", page, re.MULTILINE)
            if not ids:
                return
            last = f"({ids[-1]}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
