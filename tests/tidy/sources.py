"""The tree as the rules see it: every text file by its path, and what C++ code is without its comments."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

CPP_SUFFIXES = (".cpp", ".hpp", ".ipp")
TEXT_SUFFIXES = CPP_SUFFIXES + (".py", ".md", ".cmake", ".txt", ".json", ".toml", ".sh", ".yml", ".yaml", ".html")


@dataclass(frozen=True)
class Violation:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class SourceTree:
    """Files by path relative to the root. Rules read this alone, so their tests need no disk."""

    def __init__(self, files: dict[str, str]):
        self.files = files

    @staticmethod
    def at(root: Path) -> "SourceTree":
        """What git tracks or would track; without git, everything outside build folders."""
        listing = subprocess.run(
            ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"],
            capture_output=True, text=True)
        if listing.returncode == 0:
            paths = listing.stdout.splitlines()
        else:
            paths = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
            paths = [path for path in paths if not path.startswith((".git/", "build/", "orrery-data/"))]
        scripts = lambda path: path.startswith(("scripts/", ".ci/")) or "/" in path and "." not in path.rsplit("/", 1)[1]
        return SourceTree({
            path: (root / path).read_text(encoding="utf-8")
            for path in sorted(set(paths))
            if (path.endswith(TEXT_SUFFIXES) or scripts(path)) and (root / path).is_file()
        })

    def cpp(self) -> dict[str, str]:
        return {path: text for path, text in self.files.items() if path.endswith(CPP_SUFFIXES)}


def lines(text: str):
    return enumerate(text.splitlines(), start=1)


_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<fence>[^(\s]*)\(.*?\)(?P=fence)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def code_only(text: str) -> str:
    """C++ with comments and literals blanked out; every line keeps its number. Includes stay as they are."""

    def blank(match):
        line_start = text.rfind("\n", 0, match.start()) + 1
        if text[line_start:match.start()].lstrip().startswith("#include"):
            return match.group(0)
        return re.sub(r"[^\n]", " ", match.group(0))

    return _TOKENS.sub(blank, text)
