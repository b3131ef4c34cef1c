#!/usr/bin/env python3
"""The unmodified tus-js-client brings files to a person's folder, at once and in pieces, over a break. Exits 77 where the package
is missing (scripts/test brings it)."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from orrery_server import Server  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(os.environ.get("TEST_NODE_MODULES", ROOT / "build" / "node" / "node_modules"))
BINARY = os.environ.get("ORRERY", str(ROOT / "build" / "release" / "orrery"))
SIZE = 20_000_000


def main():
    if shutil.which("node") is None or not (MODULES / "tus-js-client").is_dir():
        print(f"skipped: no tus-js-client in {MODULES}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        server = Server(BINARY, Path(folder) / "data")
        server.start()
        try:
            file = Path(folder) / "file"
            file.write_bytes(random.Random(1).randbytes(SIZE))
            center = server.credentials["aicenter"]
            host, port = server.address
            settings = {"modules": str(MODULES), "file": str(file),
                        "endpoint": f"http://{host}:{port}/orrery/v1/center/uploads",
                        "headers": {"X-SLURM-USER-NAME": center["user"], "X-SLURM-USER-TOKEN": center["token"]}}
            client = Path(__file__).with_name("tus_client.cjs")
            subprocess.run(["node", str(client), json.dumps(settings)], check=True, timeout=300)
            home = server.data / "center" / "home" / center["user"]
            for name in ("whole.bin", "pieces.bin"):
                assert (home / name).read_bytes() == file.read_bytes(), name
        finally:
            server.stop()
    print("the tus client brought what it should")
    return 0


if __name__ == "__main__":
    sys.exit(main())
