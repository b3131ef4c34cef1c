#!/usr/bin/env python3
"""Each rule finds the violation that is planted for it, and leaves alone what is right."""

import unittest

import headers
import layers
import rejections
import sizes
import text
import words
from sources import SourceTree, code_only


def found(rule, files: dict[str, str]) -> list[str]:
    return [str(violation) for violation in rule.check(SourceTree(files))]


class Layers(unittest.TestCase):
    FILES = {"events/a.hpp": "", "actors/a.hpp": "", "http/a.hpp": "", "sim/a.hpp": "", "cli/a.hpp": ""}

    def including(self, path, target):
        return found(layers, {**self.FILES, path: f'#include "{target}"\n'})

    def test_an_include_to_the_right_is_found(self):
        self.assertEqual(self.including("events/b.cpp", "actors/a.hpp"),
                         ["events/b.cpp:1: events must not include actors: actors/a.hpp"])

    def test_a_projection_uses_no_actors(self):
        self.assertTrue(self.including("projections/b.cpp", "actors/a.hpp"))

    def test_only_cli_and_main_and_tests_include_sim(self):
        self.assertTrue(self.including("http/b.cpp", "sim/a.hpp"))
        for path in ("cli/b.cpp", "main.cpp", "tests/sim/b.cpp", "bench/b.cpp"):
            self.assertFalse(self.including(path, "sim/a.hpp"), path)

    def test_sim_and_tests_see_nothing_of_cli(self):
        self.assertTrue(self.including("sim/b.cpp", "cli/a.hpp"))
        self.assertTrue(self.including("tests/http/b.cpp", "cli/a.hpp"))
        self.assertFalse(self.including("tests/cli/b.cpp", "cli/a.hpp"))

    def test_an_include_from_elsewhere_than_the_root_is_found(self):
        self.assertTrue(self.including("events/b.cpp", "a.hpp"))

    def test_an_unknown_folder_is_found(self):
        self.assertTrue(found(layers, {"stuff/a.cpp": ""}))


class Words(unittest.TestCase):
    PLANTED = {
        "http/a.cpp": "auto t = std::chrono::system_clock::now();",
        "projections/a.cpp": "auto t = std::chrono::steady_clock::now();",
        "sim/a.cpp": "int i = rand();",
        "tests/a.cpp": "std::this_thread::sleep_for(1s);",
        "actors/vm/vm.cpp": "#include <caf/all.hpp>",
        "events/a.cpp": "int i;  // TODO: more.",
        "cli/a.cpp": "using namespace std;",
        "cli/b.cpp": "out << std::endl;",
        "storage/a.cpp": 'std::cerr << "lost";',
        "actors/gpu/gpu.cpp": "throw std::runtime_error(1);",
    }
    RIGHT = {
        "storage/system_clock.cpp": "auto t = std::chrono::system_clock::now();",
        "http/a.cpp": "auto t = std::chrono::steady_clock::now();",
        "storage/event_log_actor.cpp": "#include <caf/all.hpp>",
        "cli/a.cpp": "std::cout << operand(1);  // Not rand().",
        "actors/gpu/gpu.cpp": 'auto text = "sleep_for";',
    }

    def test_every_banned_word_is_found(self):
        for path, line in self.PLANTED.items():
            self.assertEqual(len(found(words, {path: line + "\n"})), 1, path)

    def test_words_at_home_in_comments_and_in_literals_are_left_alone(self):
        self.assertEqual(found(words, {path: line + "\n" for path, line in self.RIGHT.items()}), [])


class Sizes(unittest.TestCase):
    def test_a_long_file_is_found(self):
        self.assertEqual(len(found(sizes, {"cli/a.cpp": "int i;\n" * 401})), 1)
        self.assertEqual(found(sizes, {"cli/a.cpp": "int i;\n" * 400}), [])

    def test_a_long_function_is_found_where_it_starts(self):
        body = "  call({1, 2});\n" * 69
        code = "namespace orrery {\nstruct S {\n  int f(int i) const {\n" + body + "  }\n};\n}\n"
        self.assertEqual(found(sizes, {"cli/a.cpp": code}), ["cli/a.cpp:3: a function of 71 lines; at most 70"])

    def test_long_types_namespaces_and_tables_are_no_functions(self):
        for head in ("namespace a {", "class C : public B<int> {", "enum class E {", "constexpr int table[] = {"):
            self.assertEqual(found(sizes, {"cli/a.cpp": head + "\n" * 100 + "};\n"}), [], head)

    def test_braces_in_literals_and_comments_do_not_count(self):
        self.assertEqual(list(sizes.functions(code_only("void f() {\n  g('{', \"{\");  // {\n}\n"))), [(1, 3)])


class Headers(unittest.TestCase):
    def test_a_header_without_pragma_once_is_found(self):
        self.assertEqual(found(headers, {"cli/a.hpp": "int i;\n", "cli/b.cpp": '#include "cli/a.hpp"\n'}),
                         ["cli/a.hpp:1: a header starts with #pragma once"])

    def test_a_header_that_only_its_own_source_includes_is_found(self):
        self.assertEqual(len(found(headers, {"cli/a.hpp": "#pragma once\n", "cli/a.cpp": '#include "cli/a.hpp"\n'})), 1)

    def test_a_vague_name_is_found(self):
        for path in ("cli/util.cpp", "cli/string_helpers.cpp", "common/a.py", "cli/job_manager.cpp"):
            self.assertEqual(len(found(headers, {path: ""})), 1, path)
        self.assertEqual(found(headers, {"cli/utility_bill.cpp": ""}), [])


class Rejections(unittest.TestCase):
    def test_a_refusal_that_no_test_names_is_found(self):
        files = {"actors/a/a.hpp": "struct A {\n  enum class Rejection : int {\n    first,\n    second };\n};\n",
                 "tests/actors/a_test.cpp": "CHECK(error == A::Rejection::first);  // Not second.\n"}
        self.assertEqual(found(rejections, files), ["actors/a/a.hpp:4: no test names the refusal second"])


class Text(unittest.TestCase):
    def test_a_path_of_one_machine_is_found(self):
        for folder in ("home/me", "root", "work"):
            self.assertEqual(len(found(text, {"README.md": f"see /{folder}/orrery\n"})), 1, folder)
        self.assertEqual(found(text, {"README.md": "see /v0.1/vms/root/ and ~/.ssh\n"}), [])

    def test_stray_white_space_and_a_missing_last_newline_are_found(self):
        self.assertEqual(len(found(text, {"a.md": "one \ntwo"})), 2)
        self.assertEqual(found(text, {"tests/golden/a.txt": "one \n"}), [])


if __name__ == "__main__":
    unittest.main()
