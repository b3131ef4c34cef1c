"""What holds for every text file: no paths of one machine, no stray white space."""

import re

from sources import SourceTree, Violation, lines

# Built from pieces, so that this file passes its own rule. Inside a container of the NeoLink API "data" below the home of
# root is where a volume appears by default: its document says so.
_MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:" + "|".join(("work", "root(?!/data)", "home", "tmp/w", "Users")) + r")/")


def check(tree: SourceTree):
    for path, text in tree.files.items():
        for number, line in lines(text):
            found = _MACHINE_PATH.search(line)
            if found:
                yield Violation(path, number, f"{found.group(0)} is a path of one machine")
            if line != line.rstrip() and not path.startswith("tests/golden/"):  # What was recorded stays.
                yield Violation(path, number, "white space at the end of the line")
        if text and not text.endswith("\n"):
            yield Violation(path, text.count("\n") + 1, "the last line has no end")
