"""Every refusal of every aggregate is named in some test."""

import re

from sources import SourceTree, Violation, code_only

_ENUM = re.compile(r"\benum\s+class\s+Rejection\b[^{;]*\{([^}]*)\}")


def check(tree: SourceTree):
    tests = "\n".join(text for path, text in tree.cpp().items() if path.startswith("tests/"))
    named = set(re.findall(r"\w+", code_only(tests)))
    for path, text in tree.cpp().items():
        if not path.startswith("actors/"):
            continue
        code = code_only(text)
        for enum in _ENUM.finditer(code):
            for enumerator in re.finditer(r"\w+", enum.group(1)):
                if enumerator.group(0) not in named:
                    line = code.count("\n", 0, enum.start(1) + enumerator.start()) + 1
                    yield Violation(path, line, f"no test names the refusal {enumerator.group(0)}")
