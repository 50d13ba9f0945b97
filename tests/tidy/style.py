#!/usr/bin/env python3
"""Style as a test: sizes, layers, bans. Prints file:line: message; exits 1 if it found any."""

import glob
import os
import re
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mutants"))

import zoo
from bans import BANS, EVERYWHERE, LAYERS
from cpp_text import blanked, functions

MAX_COLUMNS, MAX_FUNCTION, MAX_CPP, MAX_HEADER = 100, 70, 400, 200

# Who may include whom: the longest beginning of a path names its layer. What is not listed here
# (tests, benchmarks) may include everything.
ARROWS = {
    "core": {"core"},
    "orchestrator": {"core", "orchestrator"},
    "runner": {"core", "runner"},
    "platform": {"core", "platform"},
    "orchestrator/adapters": {"core", "platform", "orchestrator", "orchestrator/adapters"},
    "orchestrator/main.cpp": {"core", "platform", "orchestrator", "orchestrator/adapters"},
    "runner/adapters": {"core", "platform", "runner", "runner/adapters"},
    "runner/main.cpp": {"core", "platform", "runner", "runner/adapters"},
    "client": {"core", "platform", "client"},
    "simulator": {"core", "simulator"},
    "reports": {"core", "reports"},
    "harness": {layer.rstrip("/") for layer in LAYERS} - {"client"} | {"orchestrator/adapters"},
}


def layer_of(path):
    fitting = [layer for layer in ARROWS if path == layer or path.startswith(layer + "/")]
    return max(fitting, key=len, default=None)


# Never committed: unfinished work, and the folders of one machine. Split, to not find itself.
LEFTOVERS = re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b|\bXX" r"X\b|(?<![\w.])/wor" r"k/|/tm" r"p/h/")


def check_bytes(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns; break the line at {MAX_COLUMNS}"
        if not line.isascii():
            yield number, "a character outside ASCII; write it in words or as an escape"
        if line != line.rstrip():
            yield number, "white space at the end; remove it"
    if not text.endswith("\n"):
        yield text.count("\n") + 1, "no newline at the end of the file; add it"


def check_leftovers(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if found := LEFTOVERS.search(line):
            yield number, f"'{found.group(0)}' must not be committed; finish it, or use a relative path"


def check_sizes(path, text):
    lines = text.count("\n")
    limit = MAX_HEADER if path.endswith(".h") else MAX_CPP
    if lines > limit:
        yield limit + 1, f"{lines} lines; split the file at {limit}"
    for number, length in functions(blanked(text)):
        if length > MAX_FUNCTION:
            yield number, f"a function of {length} lines; split it (aim at 60, {MAX_FUNCTION} fails)"


def check_opening(path, text):
    lines = text.split("\n")
    own_header = f'#include "{path.removesuffix(".cpp")}.h"'
    if not lines[0].startswith("//") and lines[0] != own_header:
        yield 1, "the first line must say what the file is, or include the header which does"
    if path.endswith(".h") and "#pragma once" not in lines:
        yield 1, "a header without #pragma once; add it"


def check_includes(path, text):
    layer = layer_of(path)
    for number, line in enumerate(text.split("\n"), 1):
        if not (match := re.match(r'\s*#\s*include\s*"([^"]*)"', line)):
            continue
        included = match.group(1)
        if not os.path.isfile(included):
            yield number, f'"{included}" is not a path from the root; write it as "core/check.h"'
        elif layer and layer_of(included) not in ARROWS[layer]:
            yield number, f"{layer} must not include {included}; pass it in through a port of core"


def check_bans(path, text):
    bans = [ban for ban in BANS if ban.applies_to(path)]
    for number, line in enumerate(blanked(text).split("\n"), 1):
        for ban in bans:
            if ban.found_in(line):
                yield number, f"banned: {line.strip()}; use {ban.instead}"


CPP_CHECKS = (check_bytes, check_leftovers, check_sizes, check_opening, check_includes, check_bans)


def findings(path, text, checks=CPP_CHECKS):
    for check in checks:
        for number, message in check(path, text):
            yield f"{path}:{number}: {message}"


def check_patch(path):
    """A planted bug that no longer applies finds nothing."""
    tried = subprocess.run(["patch", "--dry-run", "--fuzz=0", "-f", "-s", "-p1", "-i", path],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        why = " ".join((tried.stdout + tried.stderr).split())
        yield f"{path}:1: does not apply to the tree; make it again ({why})"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tree(*patterns):
    return sorted(path for pattern in patterns for path in glob.glob(pattern, recursive=True)
                  if os.path.isfile(path) and "__pycache__" not in path)


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    cpp = tree(*(f"{folder}**/*.{ending}" for folder in EVERYWHERE for ending in ("cpp", "h")))
    other = tree("*.md", "*.txt", "*.json", "dev", ".ci/*", "cmake/*", "docs/**", "scenarios/**",
                 "tests/**", "bench/**")
    found = [finding for path in cpp for finding in findings(path, read(path))]
    for path in sorted(set(other) - set(cpp)):
        found += findings(path, read(path), (check_leftovers,))
    for path in tree("tests/mutants/*.patch"):
        found += check_patch(path)
    found += [f"tests/mutants/zoo.py:1: {problem}" for problem in zoo.problems()]
    print("\n".join(found) or f"{len(cpp)} C++ files and {len(other)} others: nothing found")
    return 1 if found or not cpp else 0


if __name__ == "__main__":
    sys.exit(main())
