#!/usr/bin/env python3
"""Fails if a layer that must be deterministic links to something real. Arguments: libraries."""

import os
import re
import subprocess
import sys

BANNED = (
    (re.compile(r"\w+_clock::now\b|\bclock_gettime\b|\bgettimeofday\b"), "the Clock port"),
    (re.compile(r"\brandom_device\b"), "Rng (core/rng.h) or the Random port"),
    (re.compile(r"\b(secure_)?getenv\b"), "Settings (core/settings.h)"),
    (re.compile(r"\bstd::thread\b|\bpthread_create\b"), "the Tasks port"),
    (re.compile(r"\bstd::(cout|cerr|cin)\b"), "a port"),
    (re.compile(r"_GLOBAL__sub_I_"), "constexpr or constinit: no code runs before main"),
)


def findings(library, listing):
    """`listing` is what nm -C says about the library."""
    member = "?"
    for line in listing.split("\n"):
        if line.endswith(".o:"):
            member = line.rstrip(":")
        for pattern, instead in BANNED:
            if pattern.search(line):
                yield f"{library}({member}): {line.split(maxsplit=1)[-1]}; use {instead}"


def main():
    found, names = [], 0
    for library in sys.argv[1:]:
        listing = subprocess.run(["nm", "-C", library], capture_output=True, text=True, check=True)
        names += listing.stdout.count("\n")
        found += findings(os.path.basename(library), listing.stdout)
    print("\n".join(found) or f"{names} symbols: nothing found")
    return 1 if found or names == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
