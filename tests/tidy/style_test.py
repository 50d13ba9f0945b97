#!/usr/bin/env python3
"""Proves the style test itself: every rule is fed what breaks it, and must find it."""

import os
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

sys.dont_write_bytecode = True

import style
import symbols
import zoo
from bans import BANS
from cpp_text import blanked, functions

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

HEADER = "// What it is.\n#pragma once\n"


def found(path, text):
    return list(style.findings(path, text))


class Bans(unittest.TestCase):
    def test_each_ban_finds_its_bad_line_and_names_the_replacement(self):
        for ban in BANS:
            path = ban.where[0] + "x.cpp"
            with self.subTest(ban.bad):
                messages = list(style.check_bans(path, f"// x\n{ban.bad}\n"))
                self.assertIn((2, f"banned: {blanked(ban.bad)}; use {ban.instead}"), messages)

    def test_each_ban_lets_its_good_line_pass(self):
        for ban in BANS:
            with self.subTest(ban.good):
                self.assertFalse(ban.good and ban.found_in(ban.good))

    def test_a_ban_ends_where_it_is_allowed_and_nowhere_else(self):
        line = "} catch (...) {\n"
        self.assertEqual(list(style.check_bans("simulator/kernel/fiber.cpp", line)), [])
        self.assertEqual(len(list(style.check_bans("simulator/world/fiber.cpp", line))), 1)
        self.assertEqual(list(style.check_bans("tests/unit/fiber_test.cpp", line)), [])

    def test_comments_and_literals_are_not_code(self):
        text = '// std::thread\n/* rand()\n rand() */ auto s = "double"; auto r = R"(float)";\n'
        self.assertEqual(list(style.check_bans("core/x.cpp", text)), [])

    def test_code_after_literals_is_still_seen(self):
        text = "auto n = 1'000; auto c = '\"'; double d; // \"\n"
        self.assertEqual(len(list(style.check_bans("core/x.cpp", text))), 1)


class Sizes(unittest.TestCase):
    def lengths(self, text):
        return [length for _, length in functions(blanked(text))]

    def test_a_function_of_71_lines_is_found_and_one_of_70_is_not(self):
        for lines, expected in ((70, 0), (71, 1)):
            text = "namespace a {\nint f() {\n" + "  g();\n" * (lines - 2) + "}\n}\n"
            self.assertEqual(len(list(style.check_sizes("core/x.cpp", text))), expected)

    def test_what_counts_as_a_function(self):
        self.assertEqual(self.lengths("struct A {\n  template <class T>\n  int f(T t) {\n  }\n};\n"), [2])
        self.assertEqual(self.lengths("A::A(int x)\n    : b_{x},\n      c_(x) {\n  d();\n}\n"), [1, 3])
        self.assertEqual(self.lengths("const int t[] = {\n  1,\n  2,\n};\n"), [])
        self.assertEqual(self.lengths("constexpr std::array<int, 2> t{{\n 1,\n 2,\n}};\n"), [])
        self.assertEqual(self.lengths('auto s = "}";\nvoid f() {\n  h("{");\n  l([] { i(); });\n}\n'), [4])
        self.assertEqual(self.lengths("#define X(c) \\\n  if (c) { \\\nvoid f() {\n}\n"), [])
        self.assertEqual(self.lengths("enum class E : int { a, b };\nTEST(A, b) {\n}\n"), [2])

    def test_long_files_and_lines_are_found(self):
        self.assertIn("core/x.cpp:401: 401 lines; split the file at 400",
                      found("core/x.cpp", "// x\n" * 401))
        self.assertIn("core/x.h:201: 202 lines; split the file at 200",
                      found("core/x.h", HEADER + "// x\n" * 200))
        self.assertEqual(found("core/x.cpp", "// " + "x" * 97 + "\n"), [])
        self.assertEqual(len(found("core/x.cpp", "// " + "x" * 98 + "\n")), 1)


class Files(unittest.TestCase):
    def test_a_file_says_what_it_is(self):
        self.assertEqual(len(found("core/x.cpp", "int x();\n")), 1)
        self.assertEqual(len(found("core/ids.cpp", '#include "core/ids.h"\n')), 0)
        self.assertEqual(len(found("core/x.h", "// What it is.\n")), 1)

    def test_bytes(self):
        for bad in ("// caf\u00e9\n", "// x \n", "// x"):
            self.assertEqual(len(found("core/x.cpp", bad)), 1, bad)

    def test_leftovers_are_found(self):
        for bad in ("TO" "DO later", "FIX" "ME", "/wor" "k/main/core", "/tm" "p/h/x"):
            self.assertEqual(len(list(style.check_leftovers("docs/x.md", bad))), 1, bad)
        self.assertEqual(list(style.check_leftovers("x.md", "scenarios/wor" "k/x todo")), [])


class Layers(unittest.TestCase):
    def test_every_arrow_but_the_allowed_ones_is_refused(self):
        for layer, allowed in style.ARROWS.items():
            for other in style.ARROWS:
                with self.subTest(f"{layer} -> {other}"), mock.patch("os.path.isfile",
                                                                     return_value=True):
                    messages = list(style.check_includes(f"{layer}/x.cpp",
                                                         f'#include "{other}/y.h"\n'))
                    self.assertEqual(len(messages), 0 if other in allowed else 1)

    def test_the_arrows_are_those_of_the_design(self):
        for layer in ("orchestrator", "runner", "simulator", "reports"):
            self.assertEqual(style.ARROWS[layer], {"core", layer})
        self.assertEqual(style.ARROWS["core"], {"core"})
        self.assertEqual(style.ARROWS["client"], {"core", "platform", "client"})

    def test_a_path_that_is_not_from_the_root_is_found(self):
        self.assertEqual(len(found("core/x.cpp", '// x\n#include "check.h"\n')), 1)


class Symbols(unittest.TestCase):
    def test_each_banned_symbol_is_found_with_its_object(self):
        for symbol in ("std::chrono::_V2::steady_clock::now()", "getenv", "secure_getenv",
                       "std::random_device::_M_getval()", "std::thread::join()",
                       "_GLOBAL__sub_I_ids.cpp", "std::cout"):
            text = f"\nids.cpp.o:\n                 U {symbol}\n"
            self.assertEqual(len(list(symbols.findings("libcore.a", text))), 1, symbol)

    def test_ordinary_symbols_pass(self):
        text = "\nids.cpp.o:\n0000000000000000 T delta::get_environment(int)\n"
        self.assertEqual(list(symbols.findings("libcore.a", text)), [])


class Patches(unittest.TestCase):
    PATCH = "# bug: x\n--- a/LICENSE\n+++ b/LICENSE\n@@ -1,2 +1,3 @@\n{}+x\n{}"

    def check(self, first, second):
        with tempfile.NamedTemporaryFile("w", suffix=".patch") as file:
            file.write(self.PATCH.format(f" {first}", f" {second}"))
            file.flush()
            return list(style.check_patch(file.name))

    def test_only_a_patch_of_this_tree_applies(self):
        with open("LICENSE", encoding="utf-8") as license_file:
            first, second = license_file.readline(), license_file.readline()
        self.assertEqual(self.check(first, second), [])
        self.assertEqual(len(self.check("not a line of it\n", second)), 1)


class TheZoo(unittest.TestCase):
    PATCH = ("# bug: D1\n# origin: a thread\n# expect: rto\n"
             "# scenario: scenarios/zoo/zombie-runner.yaml\n# seeds: 1..9\n\n"
             "What is\nplanted.\ndiff --git a/x b/x\n")

    def test_every_bug_of_the_list_is_covered_exactly(self):
        for change in ({"D7": None}, {"D1": zoo.IMPOSSIBLE["D7"]}):
            changed = {key: bug for key, bug in (zoo.IMPOSSIBLE | change).items() if bug}
            with mock.patch.object(zoo, "IMPOSSIBLE", changed):
                self.assertIn(f"bug {next(iter(change))} is covered", "".join(zoo.problems()))

    def test_a_test_that_does_not_exist_shows_nothing(self):
        absent = {**zoo.IMPOSSIBLE, "D7": zoo.Absent("a thread", "why", ("Suite.gone",))}
        with mock.patch.object(zoo, "IMPOSSIBLE", absent):
            self.assertIn("D7 names Suite.gone, which does not exist", "".join(zoo.problems()))

    def test_the_page_says_what_the_patches_say(self):
        mutants = zoo.read_mutants()
        findings = {mutant.name: zoo.Finding(3, 0.25) for mutant in mutants}
        page = zoo.render(mutants, findings, "2 cores")
        self.assertEqual(zoo.read_findings(page), findings)
        self.assertEqual(zoo.read_machine(page), "2 cores")
        with tempfile.TemporaryDirectory() as folder:
            with mock.patch.object(zoo, "TABLE", pathlib.Path(folder) / "ZOO.md"):
                self.assertIn("has no row for", "".join(zoo.problems()))
                zoo.TABLE.write_text(page, encoding="utf-8")
                self.assertEqual(list(zoo.problems()), [])
                zoo.TABLE.write_text(page.replace("median 0.25", "median 0.01"), encoding="utf-8")
                self.assertIn("is not what the patches say", "".join(zoo.problems()))

    def test_a_patch_says_everything_or_is_refused(self):
        def read(text):
            with tempfile.NamedTemporaryFile("w", suffix=".patch") as file:
                file.write(text)
                file.flush()
                return zoo.read_mutant(pathlib.Path(file.name))

        self.assertEqual(read(self.PATCH).planted, "What is planted.")
        self.assertEqual(read(self.PATCH).seeds, range(1, 10))
        for bad in (self.PATCH.replace("# origin: a thread\n", ""),
                    self.PATCH.replace("zombie", "unknown"), self.PATCH.replace("1..9", "all"),
                    self.PATCH.replace("What is\nplanted.\n", "")):
            with self.assertRaises(zoo.BadPatch):
                read(bad)


if __name__ == "__main__":
    unittest.main()
