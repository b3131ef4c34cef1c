#!/usr/bin/env python3
"""Runs benches, prints a table of what they measured, and writes it with machine and commit to bench-results.json.

run_all.py [--quick] [--runs N] [NAME...]   all of them, or those that are named; --list says which there are
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "release"
ORRERY = str(BUILD / "orrery")
KNOWN_MEMBERS = {"bench", "unit", "measured", "target", "spread", "peer", "peer_measured", "ratio", "hash", "series"}


def own_benches():
    """The names of `orrery bench`."""
    listed = subprocess.run([ORRERY, "bench", "--list"], check=True, capture_output=True, text=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


def commands(quick):
    """By name: the benches of single parts, and the comparisons of whole servers."""
    tiny = ["--tiny"] if quick else []
    benches = {path.name: [str(path), *tiny] for path in sorted((BUILD / "bench").glob("bench_*")) if path.is_file()}

    def script(file, *arguments):
        return [sys.executable, str(ROOT / "bench" / file), *arguments, "--binary", ORRERY]

    for name in ("get-vm", "post-vm", "restart", "post-service", "list-services"):
        benches["restart-server" if name == "restart" else name] = script("http_bench.py", name)
    for name in ("submit-job", "queue-job", "get-job", "list-jobs", "deep-queue", "lose-jobs"):
        benches[name] = script("batch_http_bench.py", name)
    for name in ("append", "replay", "post-event"):
        benches[f"{name}-peers"] = script("log_peers_bench.py", name, *(["--quick"] if quick else []))
    benches["trace-peers"] = script("trace_peers_bench.py", *(["--quick"] if quick else []))
    benches["streams"] = script("streams_http_bench.py")
    benches["heartbeats"] = script("heartbeats_http_bench.py")
    benches["slurm-driver"] = script("slurm_driver_bench.py", *(["--jobs", "100", "--seconds", "8", "--changes", "4"] if quick else []))
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


def measure_own(names, options):
    """What `orrery bench` saved, and the same in the form of the others."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "own.json"
        command = [ORRERY, "bench", *names, "--runs", str(options.runs), "--json", str(saved)]
        subprocess.run(command + (["--quick"] if options.quick else []), stdout=subprocess.DEVNULL)
        session = json.loads(saved.read_text()) if saved.exists() else None
    lines = []
    for result in session["results"] if session else []:
        median = result["median"]
        line = {"bench": median["name"], "unit": median["unit"], "measured": median["value"], "target": median["target"],
                "spread": (max(result["runs"]) - min(result["runs"])) / 2 / median["value"] if median["value"] else 0,
                **median["figures"]}
        if median["series"]:
            line["series"] = median["series"]
        lines.append(line)
    return session, lines


def number(value):
    if isinstance(value, (int, float)):
        return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
    return str(value)


def table(results):
    yield "| bench | measured | further | peer | ratio |"
    yield "|---|---|---|---|---|"
    for result in results:
        further = ", ".join(f"{name} {number(value)}" for name, value in result.items() if name not in KNOWN_MEMBERS)
        measured = f"{number(result['measured'])} {result['unit']}"
        if result.get("spread"):
            measured += f" ±{100 * result['spread']:.0f} %"
        if result.get("target"):
            measured += f" (target {number(result['target'])})"
        peer = f"{result['peer']} {number(result['peer_measured'])}" if result.get("peer_measured") else ""
        yield f"| {result['bench']} | {measured} | {further} | {peer} | {result.get('ratio', '')} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--runs", type=int, default=3, help="of each bench of orrery bench")
    parser.add_argument("--quick", action="store_true", help="tiny inputs, for those that have some: does everything still work?")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "bench-results.json")
    options = parser.parse_args()
    own, others = own_benches(), commands(options.quick)
    if options.list:
        print("\n".join([*own, *others]))
        return 0
    wanted = options.names or [*own, *others]
    unknown = [name for name in wanted if name not in own and name not in others]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join([*own, *others])}", file=sys.stderr)
        return 2
    own_wanted = [name for name in wanted if name in own]
    session, results = measure_own(own_wanted, options) if own_wanted else (None, [])
    results += [result for name in wanted if name in others for result in measure(name, others[name])]
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
                            capture_output=True, text=True).stdout.strip() or "unknown"
    print("\n".join(table(results)))
    print(f"\n{machine()}, commit {commit}")
    options.out.write_text(json.dumps({"commit": commit, "machine": machine(), "quick": options.quick, "results": results,
                                       "own": session}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
