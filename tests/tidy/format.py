#!/usr/bin/env python3
"""Checks that every C++ file is as clang-format leaves it: format.py, or format.py --fix to make it so."""

import re
import subprocess
import sys
from pathlib import Path

from sources import SourceTree

# Debian 12's. Other versions format otherwise, so they would fight over the same lines.
VERSION = "14"


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"version (\d+)", version)
    if not found or found.group(1) != VERSION:
        print(f"clang-format {VERSION} is needed, this is: {version.strip()}", file=sys.stderr)
        return 2
    action = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "-Werror"]
    files = list(SourceTree.at(root).cpp())
    batches = [files[start:start + 40] for start in range(0, len(files), 40)]
    failed = [batch for batch in batches
              if subprocess.run(["clang-format", *action, *batch], cwd=root).returncode != 0]
    if failed:
        print("scripts/format puts this right", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
