"""Words that are banned, each with what to write instead and the places where it is at home."""

import re
from dataclasses import dataclass

from sources import SourceTree, Violation, code_only, lines


@dataclass(frozen=True)
class BannedWord:
    pattern: str
    instead: str
    # Paths (from their start) where the word may stand, and the only ones where it is looked for.
    home: str = r"(?!)"
    where: str = r""
    in_comments: bool = False


_RULES = r"(events|projections|actors/(?!runtime/)|sim/checkers)"
BANNED = (
    BannedWord(r"system_clock::now|\bgettimeofday\b|\bclock_gettime\b|\bstd::time\s*\(",
               "ask a Clock, or take the time with the command", home=r"storage/system_clock\."),
    BannedWord(r"steady_clock::now|high_resolution_clock", "rules and views know no time but the envelope's",
               where=_RULES),
    BannedWord(r"\bs?rand\s*\(|\brand_r\b|\brandom_shuffle\b|\brandom_device\b",
               "draw with libsodium at the edge, or from a seeded generator"),
    BannedWord(r"\bsleep_for\b|\bsleep_until\b|\busleep\b|\bnanosleep\b", "wait for the condition itself",
               home=r"storage/directory_lock\.|bench/peers/simgrid_fifo\."),  # A lock without a deadline; virtual time.
    BannedWord(r"#\s*include\s*<caf/", "keep CAF in shells: *_actor.*, actors/runtime/, drivers/, sim/, cli/",
               home=r".*_actor\.[ch]pp|actors/runtime/|drivers/|sim/|cli/|tests/|bench/|main\.cpp"),
    BannedWord(r"\bFIXME\b|\bTODO\b|\bXXX\b|\bHACK\b", "do it, or write an issue", in_comments=True),
    BannedWord(r"\busing namespace std\s*;", "say std::"),
    BannedWord(r"\bstd::endl\b", r"write '\n'"),
    BannedWord(r"\bstd::(cout|cerr)\b|\bprintf\s*\(", "print in cli/ only",
               where=r"(events|storage|actors|drivers|projections|http)/"),
    BannedWord(r"\bthrow\s+[\w:]+[({]", "a refusal is a value (actors/runtime/decision.hpp)",
               where=r"actors/(?!runtime/)"),
)


def check(tree: SourceTree):
    for path, text in tree.cpp().items():
        code = code_only(text)
        for word in BANNED:
            if re.match(word.home, path) or not re.match(word.where, path):
                continue
            for number, line in lines(text if word.in_comments else code):
                found = re.search(word.pattern, line)
                if found:
                    yield Violation(path, number, f"'{found.group(0).strip()}' is banned: {word.instead}")
