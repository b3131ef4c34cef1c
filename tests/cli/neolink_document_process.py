#!/usr/bin/env python3
"""The Python samples of the NeoLink document, run against a real server; their answers have the shapes that it shows.

The document isn't ours to copy: NEOLINK_DOCUMENT names it, or it lies beside this repository. Without it nothing is
tested, and the exit code says so (77).
"""

import contextlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from neolink_client import INSTANCES, NeolinkClient  # noqa: E402
from orrery_server import Server  # noqa: E402

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "seeds"
TITLE = "title: Computing API"


def find_document():
    if named := os.environ.get("NEOLINK_DOCUMENT"):
        return Path(named).read_text(encoding="utf-8")
    for file in sorted(SEEDS.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        if TITLE in text[:200]:
            return text
    return None


def samples_of(document):
    """(program, the answer that the document prints after it or None) for each Python sample."""
    blocks = re.findall(r"```(\w*)\n(.*?)```", document, re.S)
    for index, (language, text) in enumerate(blocks):
        if language != "python":
            continue
        language, answer = blocks[index + 1] if index + 1 < len(blocks) else ("python", "")
        is_answer = language != "python" and re.match(r'\s*[\[{"]', answer) and "Body" not in answer
        yield text, answer if is_answer else None


def shape_of(value):
    """Keys in their order and kinds of values; of a list the first element counts."""
    if isinstance(value, dict):
        return {key: shape_of(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape_of(value[0])] if value else []
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def run(program, server, client, name):
    """What the sample prints, with its own syntax errors mended and its placeholders filled in."""
    program = program.replace('"namespace" "$userid"', '"namespace": "$userid"')
    program = program.replace("https://neolink-ai.com", "http://%s:%d" % server.address)
    program = program.replace("$userid", client.user_id).replace("$token", client.token)
    program = program.replace('"namespace": "xxx"', f'"namespace": "{client.user_id}"')
    program = re.sub(r"instance-\w{4}xxxx", name or "instance-none", program)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "the document's sample", "exec"), {})
    return json.loads(printed.getvalue())


def await_status(client, name, status):
    for _ in range(4000):
        found = client.one(name)[1].get("status")
        if found == status:
            return
        time.sleep(0.005)
    raise AssertionError(f"{name} is {found}, not {status}")


def check(program, answer, shown):
    # "..." stands for more of the same.
    expected = json.loads(shown.replace(",...", "")) if shown else "ok"
    if json.dumps(shape_of(answer)) != json.dumps(shape_of(expected)):
        raise AssertionError(f"{program}\nis answered\n{json.dumps(answer, indent=2)}\nnot as\n{shown}")


def main():
    document = find_document()
    if document is None:
        print("skipped: the NeoLink document isn't here; name it with NEOLINK_DOCUMENT")
        return 77
    try:
        import requests  # noqa: F401  Every sample begins with it.
    except ImportError:
        print("skipped: python3-requests is missing (scripts/install-dependencies)")
        return 77
    folder = Path(tempfile.mkdtemp(prefix="orrery-neolink-document-"))
    server = Server(os.environ["ORRERY"], folder / "data", "--time-scale", "100")
    server.start()
    try:
        client = NeolinkClient(server)
        name = None
        count = 0
        for program, shown in samples_of(document):
            if "power_on" in program:
                await_status(client, name, "Shutdown")
            answer = run(program, server, client, name)
            check(program, answer, shown)
            count += 1
            if "displayName" in program:  # The create.
                name = answer["name"]
                await_status(client, name, "Running")
        for _ in range(4000):
            if client.call("GET", INSTANCES)[1]["totalCount"] == 0:
                break
            time.sleep(0.005)
        else:
            raise AssertionError("the deleted instance stays")
        print(f"{count} samples of the document do as it says")
        if count != 8:
            raise AssertionError("the document has other samples than expected")
    finally:
        server.kill()
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
