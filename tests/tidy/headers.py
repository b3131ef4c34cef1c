"""Headers guard themselves, somebody includes them, and files are named for what they are."""

import re

from sources import SourceTree, Violation

_INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
_VAGUE = re.compile(r"(^|[_/-])(util|utils|utilities|common|helper|helpers|manager|misc)([_./-]|$)")


def check(tree: SourceTree):
    included = {}
    for path, text in tree.cpp().items():
        for target in _INCLUDE.findall(text):
            included.setdefault(target, set()).add(path)
    for path, text in tree.cpp().items():
        if path.endswith(".hpp"):
            if not re.search(r"^#pragma once$", text, re.MULTILINE):
                yield Violation(path, 1, "a header starts with #pragma once")
            others = included.get(path, set()) - {path, path.removesuffix(".hpp") + ".cpp"}
            if not others:
                yield Violation(path, 1, "nobody includes this header: use it or delete it")
    for path in tree.files:
        if _VAGUE.search(path):
            yield Violation(path, 1, "name a file for the one thing it is, not util, common, helpers or manager")
