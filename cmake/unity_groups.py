#!/usr/bin/env python3
"""Which sources are compiled together: prints "GROUP PATH" for each PATH given.

Two sources share a translation unit only if neither names what the other keeps to itself (in an unnamed
namespace, static, or an alias at namespace scope), so that compiling them together can't change what either means.
"""
import argparse
import collections
import pathlib
import re

SIZE_MAX = 10  # More saves little: what each source brings of its own outweighs the shared headers then.
GROUPS_TRIED = 12
FOLDER_DEPTH = 3

NOT_CODE = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"')
FREE_NAME = re.compile(r"(?<![\w.:>])[A-Za-z_]\w*|(?<=[^-]>)[A-Za-z_]\w*")  # Neither a member nor qualified.
TYPE = re.compile(r"\s*(?:struct|class|enum(?:\s+class)?|union|concept)\s+(\w+)")
FUNCTION = re.compile(r"(\w+)\s*\(")
OBJECT = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=|$)")
FUNCTION_KIND, OTHER_KIND = "(", ""
CALL = re.compile(r"(?<![\w.:>])([A-Za-z_]\w*)\s*[(<]")
NO_NAMES = {"TEST_CASE", "static_assert", "decltype"}
ALIAS = re.compile(r"\s*using\s+(\w+)\s*=\s*(.*?)\s*$", re.DOTALL)
TEMPLATE = re.compile(r"\s*template\s*<[^<>]*(?:<[^<>]*>[^<>]*)*>\s*(?:requires[^\n]*\n)?")


def name_declared(statement):
    """The name that a statement at namespace scope declares, if any."""
    statement = TEMPLATE.sub("", statement)
    before_value = statement.split("=")[0]
    match = TYPE.match(statement) or FUNCTION.search(before_value) or OBJECT.search(before_value.rstrip())
    return match.group(1) if match and match.group(1) not in NO_NAMES else None


def local_names(code):
    """What the code declares for itself alone, as {name: what it is}: what stands at the depth of an unnamed
    namespace, statics, and aliases (by what they stand for)."""
    names, scopes, statement = {}, [], ""

    def declare():
        alias = ALIAS.match(statement)
        if alias:
            names[alias.group(1)] = " ".join(alias.group(2).split())
        elif "unnamed" in scopes or statement.lstrip().startswith("static "):
            name = None if statement.lstrip().startswith(("namespace", "using")) else name_declared(statement)
            if name:
                names[name] = FUNCTION_KIND if re.search(rf"\b{name}\s*\(", statement) else OTHER_KIND

    for piece in re.split(r"([{};])", code):
        is_outside = "body" not in scopes
        if piece == "{":
            opened = re.search(r"\bnamespace\b([\w\s:]*)$", statement)
            if is_outside and opened:
                scopes.append("named" if opened.group(1).strip() else "unnamed")
            else:
                if is_outside:
                    declare()
                scopes.append("body")
            statement = ""
        elif piece == "}":
            if scopes:
                scopes.pop()
            statement = ""
        elif piece == ";":
            if is_outside:
                declare()
            statement = ""
        else:
            statement = piece
    return names


class Source:
    def __init__(self, path):
        text = path.read_text()
        code = re.sub(r"^\s*#.*(?:\\\n.*)*$", "", NOT_CODE.sub(" ", text), flags=re.MULTILINE)
        self.path, self.defines_macros = path, "#define" in text
        self.locals, self.tokens, self.calls = local_names(code), set(FREE_NAME.findall(code)), set(CALL.findall(code))

    def disturbs(self, other):
        """A function of ours is none of the other's business where that has a variable of its name."""
        return any(name in (other.calls if kind == FUNCTION_KIND else other.tokens)
                   and (kind in (FUNCTION_KIND, OTHER_KIND) or other.locals.get(name) != kind)
                   or name in other.locals and other.locals[name] != kind for name, kind in self.locals.items())


def groups_of(paths, root):
    """(folder, number, sources): a folder's sources lie together, so that a new file moves few others."""
    by_folder = collections.defaultdict(list)
    for path in sorted(paths):
        by_folder["/".join(path.relative_to(root).parts[:-1][:FOLDER_DEPTH])].append(Source(path))
    for folder in sorted(by_folder):
        groups = []
        for source in by_folder[folder]:
            for group in groups[-GROUPS_TRIED:]:
                if (len(group) < SIZE_MAX and not source.defines_macros and not group[0].defines_macros
                        and not any(source.disturbs(other) or other.disturbs(source) for other in group)):
                    group.append(source)
                    break
            else:
                groups.append([source])
        yield from ((folder, number, group) for number, group in enumerate(groups))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("paths", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    for folder, number, group in groups_of(arguments.paths, arguments.root):
        for source in group:
            print(f"{folder.replace('/', '_')}_{number} {source.path}")


if __name__ == "__main__":
    main()
