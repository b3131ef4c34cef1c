#!/usr/bin/env python3
"""Kills `orrery serve` in the middle of uploads, with and without checksums, and goes on with them.

What was answered must be there after every kill, nothing may count that was not sent, and in the end the file has the bytes that
were brought. So is a download that goes on where it was cut off.

  tests/crash/kill_uploads.py --binary build/release/orrery --rounds 6 --seed 1
"""

import argparse
import base64
import hashlib
import http.client
import random
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from orrery_server import Server  # noqa: E402

ROOT = "/orrery/v1/center"
SIZE = 48 * 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}


def headers_of(server, **more):
    center = server.credentials["aicenter"]
    return {"X-SLURM-USER-NAME": center["user"], "X-SLURM-USER-TOKEN": center["token"], **more}


def ask(server, method, path, headers=None, body=None):
    connection = http.client.HTTPConnection(*server.address, timeout=60)
    connection.request(method, ROOT + path, body, headers_of(server, **(headers or {})))
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def announce(server, path, content):
    metadata = {"path": path, "sha256": hashlib.sha256(content).hexdigest()}
    words = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())
    status, headers, body = ask(server, "POST", "/uploads",
                                {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": words})
    assert status == 201, (status, body)
    return headers["Location"].removeprefix(ROOT)


def offset_of(server, upload):
    status, headers, _ = ask(server, "HEAD", upload, TUS)
    assert status == 200, status
    return int(headers["Upload-Offset"])


def piece(server, upload, offset, content, checked):
    """What the server says of it; None where it was killed meanwhile."""
    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    if checked:
        headers["Upload-Checksum"] = "sha256 " + base64.b64encode(hashlib.sha256(content).digest()).decode()
    try:
        status, answered, body = ask(server, "PATCH", upload, headers, content)
    except (OSError, http.client.HTTPException):
        return None
    assert status == 204, (status, body)
    return int(answered["Upload-Offset"])


def bring(server, generator, content, path):
    """Uploads with a kill every now and then; how often it was killed, and what was sent twice for it."""
    upload = announce(server, path, content)
    known, kills, sent = 0, 0, 0
    while known < len(content):
        checked = generator.random() < 0.4
        size = generator.randint(1, 4 << 20) if checked else generator.randint(1, len(content))
        part = content[known:known + size]
        sent += len(part)
        killer = None
        if generator.random() < 0.7:
            killer = threading.Timer(generator.uniform(0, 0.25), server.kill)
            killer.start()
        answered = piece(server, upload, known, part, checked)
        if killer:
            killer.join()
            server.start()
            kills += 1
        offset = offset_of(server, upload)
        assert offset >= (answered or known), f"answered {answered}, known {known}, and it stands at {offset}"
        assert offset <= known + len(part)
        assert not checked or offset in (known, known + len(part)), "a part of a checked piece counts"
        known = offset
    return kills, sent - len(content)


def fetch(server, generator, content, path):
    """A download that is cut off and goes on."""
    got = b""
    while len(got) < len(content):
        connection = http.client.HTTPConnection(*server.address, timeout=60)
        connection.request("GET", f"{ROOT}/files/{path}", headers=headers_of(server, Range=f"bytes={len(got)}-"))
        response = connection.getresponse()
        assert response.status == 206, response.status
        got += response.read(generator.randint(1, len(content)))
        connection.sock and connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
    assert got == content


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(arguments.binary, Path(folder) / "data")
        server.start()
        try:
            for number in range(arguments.rounds):
                content = generator.randbytes(SIZE)
                path = f"data/file-{number}"
                began = time.monotonic()
                kills, twice = bring(server, generator, content, path)
                fetch(server, generator, content, path)
                print(f"{path}: {kills} kills, {twice / SIZE:.0%} sent twice, {time.monotonic() - began:.1f} s")
                assert ask(server, "DELETE", f"/files/{path}")[0] == 204
        finally:
            server.stop()


if __name__ == "__main__":
    main()
