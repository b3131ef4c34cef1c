#!/usr/bin/env python3
"""Runs benches, prints a table of what they measured, and writes it with machine and commit to bench-results.json."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "release"


def commands():
    """By name: every bench binary of the build, and the comparisons over HTTP."""
    benches = {path.name: [str(path)] for path in sorted((BUILD / "bench").glob("bench_*")) if path.is_file()}
    for name in ("get-vm", "post-vm", "restart", "post-service", "list-services"):
        benches[name] = [sys.executable, str(ROOT / "bench" / "http_bench.py"), name, "--binary", str(BUILD / "orrery")]
    for name in ("submit-job", "queue-job", "get-job", "list-jobs", "deep-queue", "lose-jobs"):
        benches[name] = [sys.executable, str(ROOT / "bench" / "batch_http_bench.py"), name, "--binary", str(BUILD / "orrery")]
    benches["streams"] = [sys.executable, str(ROOT / "bench" / "streams_http_bench.py"), "--binary", str(BUILD / "orrery")]
    benches["heartbeats"] = [sys.executable, str(ROOT / "bench" / "heartbeats_http_bench.py"), "--binary",
                             str(BUILD / "orrery")]
    return benches


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        model = next((line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")), "unknown")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)}


def measure(name, command):
    """What a bench printed; a bench that fails is named and leaves the others alone."""
    print(f"running {name}", file=sys.stderr, flush=True)
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if finished.returncode != 0:
        print(f"{name} failed with exit code {finished.returncode}", file=sys.stderr)
        return []
    return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]


def number(value):
    return f"{value:,.0f}" if isinstance(value, (int, float)) and abs(value) >= 100 else str(value)


def table(results):
    known = {"bench", "unit", "measured", "peer", "peer_measured", "ratio", "hash"}
    yield "| bench | measured | further | peer | ratio |"
    yield "|---|---|---|---|---|"
    for result in results:
        further = ", ".join(f"{name} {number(value)}" for name, value in result.items() if name not in known)
        peer = f"{result['peer']} {number(result['peer_measured'])}" if result.get("peer_measured") else ""
        yield f"| {result['bench']} | {number(result['measured'])} {result['unit']} | {further} | {peer} | " \
              f"{result.get('ratio', '')} |"


def main() -> int:
    known = commands()
    wanted = sys.argv[1:] or list(known)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    results = [result for name in wanted for result in measure(name, known[name])]
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
                            capture_output=True, text=True).stdout.strip() or "unknown"
    print("\n".join(table(results)))
    print(f"\n{machine()}, commit {commit}")
    (ROOT / "bench-results.json").write_text(
        json.dumps({"commit": commit, "machine": machine(), "results": results}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
