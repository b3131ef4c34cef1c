#!/usr/bin/env python3
"""Checks the tree against our own rules: check.py layers | tidy. Prints each violation as path:line: message."""

import sys
from pathlib import Path

import headers
import layers
import rejections
import sizes
import text
import words
from sources import SourceTree

SUITES = {"layers": (layers,), "tidy": (words, sizes, headers, rejections, text)}


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in SUITES:
        print(f"usage: check.py {' | '.join(SUITES)}", file=sys.stderr)
        return 2
    tree = SourceTree.at(Path(__file__).resolve().parents[2])
    violations = [violation for rule in SUITES[sys.argv[1]] for violation in rule.check(tree)]
    for violation in violations:
        print(violation)
    print(f"{len(violations)} violations in {len(tree.files)} files")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
