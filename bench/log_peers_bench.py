#!/usr/bin/env python3
"""Measures the log beside PostgreSQL's event table and Redis' stream with `appendfsync always`, in turn; prints JSON lines.

log_peers_bench.py append      durable events in groups of 256
log_peers_bench.py replay      every event in order of position
log_peers_bench.py post-event  one durable event a request of 64 clients; ours is a POST of a VM, with its whole life behind it
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))
from orrery_server import Client, Server  # noqa: E402
from http_bench import CREATE_SCRIPT, headers  # noqa: E402
from peers import wrk  # noqa: E402
from peers.postgresql import GROUP, SINGLE, Postgresql  # noqa: E402
from peers.redis import Redis  # noqa: E402

#: Groups go in from one writer, as into our log, or from several at once: each peer gets what suits it best.
WRITER_COUNTS = (1, 8)
GROUP_SIZE = 256


def own_bench(arguments, name):
    """The rate that `orrery bench` finds in one run."""
    output = subprocess.run([arguments.binary, "bench", name, "--runs", "1", "--json", "-", "--quiet",
                             *(["--quick"] if arguments.quick else [])], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output)["results"][0]["median"]["value"]


def report(bench, unit, rounds):
    """A line for each peer: medians of what was measured in turn, ours first in every round."""
    ours = statistics.median(values[0] for values in rounds)
    for index, peer in enumerate(("PostgreSQL", "Redis"), start=1):
        theirs = statistics.median(values[index] for values in rounds)
        print(json.dumps({"bench": f"{bench}-beside-{peer.lower()}", "unit": unit, "measured": round(ours), "peer": peer,
                          "peer_measured": round(theirs), "ratio": round(ours / theirs, 2), "rounds": len(rounds)}), flush=True)


def append(arguments, postgresql, redis):
    seconds, count = (1, 2_560) if arguments.quick else (10, 512_000)
    measure = lambda: (
        own_bench(arguments, "log-append"),
        max(GROUP_SIZE * postgresql.transactions_per_s(GROUP, writers, seconds) for writers in WRITER_COUNTS),
        max(redis.appends_per_s(writers, GROUP_SIZE, count) for writers in WRITER_COUNTS))
    report("append", "events/s", [measure() for _ in range(arguments.rounds)])


def replay(arguments, postgresql, redis):
    postgresql.transactions_per_s(GROUP, 8, 1 if arguments.quick else 20)
    redis.appends_per_s(8, GROUP_SIZE, 2_560 if arguments.quick else 1_000_000)

    def rate(peer):
        events, start = peer.events(), time.monotonic()
        peer.read_all()
        return events / (time.monotonic() - start)

    measure = lambda: (own_bench(arguments, "log-replay"), rate(postgresql), rate(redis))
    report("replay", "events/s", [measure() for _ in range(arguments.rounds)])


def post_event(arguments, postgresql, redis):
    folder = Path(tempfile.mkdtemp(prefix="orrery-bench-"))
    server = Server(arguments.binary, folder / "data", "--time-scale", "1000", "--dev-nodes", "100" if arguments.quick else "16000")
    server.start()
    seconds, count = (1, 640) if arguments.quick else (5, 100_000)
    try:
        client = Client(server)
        url = "http://{}:{}{}/vms".format(*server.address, client.project)
        measure = lambda: (wrk.run(url, seconds, headers(client), CREATE_SCRIPT).requests_per_s,
                           postgresql.transactions_per_s(SINGLE, 64, seconds), redis.appends_per_s(64, 1, count))
        report("post-event", "requests/s", [measure() for _ in range(arguments.rounds)])
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


BENCHES = {"append": append, "replay": replay, "post-event": post_event}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", choices=sorted(BENCHES))
    parser.add_argument("--binary", default="build/release/orrery")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="tiny: does it work?")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="orrery-peers-"))
    postgresql = redis = None
    try:
        postgresql, redis = Postgresql(folder / "postgresql"), Redis(folder / "redis")
        BENCHES[arguments.bench](arguments, postgresql, redis)
    finally:
        for peer in (postgresql, redis):
            if peer:
                peer.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
