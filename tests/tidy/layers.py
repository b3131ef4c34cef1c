"""Includes point one way (docs/architecture.md): events, storage, actors, drivers, projections, http, cli, main.cpp."""

import re

from sources import SourceTree, Violation, lines

_BELOW_CLI = {"events", "storage", "actors", "drivers", "projections", "http"}
ALLOWED = {
    "events": {"events"},
    "storage": {"events", "storage"},
    "actors": {"events", "storage", "actors"},
    "drivers": {"events", "storage", "actors", "drivers"},
    "projections": {"events", "storage", "projections"},
    "http": _BELOW_CLI,
    "sim": _BELOW_CLI | {"sim"},
    "cli": _BELOW_CLI | {"sim", "cli"},
    "cli/bench": _BELOW_CLI | {"sim", "cli", "bench"},
    "main.cpp": _BELOW_CLI | {"sim", "cli"},
    "bench": _BELOW_CLI | {"sim", "bench", "tests"},
    "tests": _BELOW_CLI | {"sim", "tests"},
    "tests/cli": _BELOW_CLI | {"sim", "tests", "cli"},
}
_QUOTED = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def layer_of(path: str) -> str:
    return next((folder for folder in ("tests/cli", "cli/bench") if path.startswith(folder + "/")), path.split("/")[0])


def check(tree: SourceTree):
    for path, text in tree.cpp().items():
        layer = layer_of(path)
        if layer not in ALLOWED:
            yield Violation(path, 1, f"folder {layer}/ is unknown to the layers: add it to tests/tidy/layers.py")
            continue
        for number, line in lines(text):
            include = _QUOTED.match(line)
            if not include:
                continue
            target = include.group(1)
            if target not in tree.files:
                yield Violation(path, number, f'"{target}" is no file, seen from the root of the tree')
            elif target.split("/")[0] not in ALLOWED[layer]:
                yield Violation(path, number, f"{layer} must not include {target.split('/')[0]}: {target}")
