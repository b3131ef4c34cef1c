"""Runs wrk and reads what it prints."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass(frozen=True)
class Load:
    requests_per_s: float
    p99_ms: float


def run(url: str, seconds: int, headers=(), script: str = "", connections: int = 64) -> Load:
    """Loads `url` from two threads. Any answer but 2xx is a failure, and so is a broken socket."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script)
        lua.flush()
        command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
        command += [part for header in headers for part in ("-H", header)]
        command += ["-s", lua.name] if script else []
        output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise AssertionError(f"{Path(url).name}: {output}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", output).groups()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    return Load(rate, float(number) * _UNITS_MS[unit])
