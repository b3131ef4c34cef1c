"""A file fits in a head, a function on a screen."""

import re

from sources import SourceTree, Violation, code_only

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

_NAMESPACE = re.compile(r'\b(namespace|extern)\b[^()]*$')
_TYPE = re.compile(r"\b(class|struct|union|enum)\b[^()]*$|\b(class|struct|union)\b(?!.*\)\s*(const|noexcept|override)*\s*$)",
                   re.DOTALL)


def functions(code: str):
    """Yields (first line, last line) of every function that is no lambda, by counting braces."""
    blocks = []
    head_start = 0
    line = 1
    for index, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            head = code[head_start:index]
            first = line - head.lstrip().count("\n")
            blocks.append((_kind(head, blocks), first))
            head_start = index + 1
        elif char == "}":
            if not blocks:
                return
            kind, first = blocks.pop()
            if kind == "function":
                yield first, line
            head_start = index + 1
        elif char == ";" and (not blocks or blocks[-1][0] != "function"):
            head_start = index + 1


def _kind(head: str, blocks) -> str:
    if any(kind == "function" for kind, _ in blocks):
        return "block"
    if _NAMESPACE.search(head):
        return "namespace"
    if _TYPE.search(head):
        return "type"
    return "function" if "(" in head else "block"


def check(tree: SourceTree):
    for path, text in tree.files.items():
        count = text.count("\n")
        if count > FILE_LINES_MAX and path.endswith((".cpp", ".hpp", ".py", ".cmake")):
            yield Violation(path, FILE_LINES_MAX, f"{count} lines; a file has at most {FILE_LINES_MAX}: divide it")
    for path, text in tree.cpp().items():
        for first, last in functions(code_only(text)):
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield Violation(path, first, f"a function of {last - first + 1} lines; at most {FUNCTION_LINES_MAX}")
