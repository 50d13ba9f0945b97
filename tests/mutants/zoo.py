"""The zoo: the bugs that real projects shipped, and the patches that plant them here.

A patch begins with `# key: value` lines, then says in a sentence or two what it plants:
  bug       its key in the list below, or several of them; `ours` for one that is not in the list
  origin    the project and the thread, and what went wrong there
  expect    the invariant that breaks, or `rto`: the objective is breached
  scenario  the drill that finds it
  seeds     A..B, to be searched in this order
"""

import dataclasses
import pathlib
import re
import statistics

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/mutants"
TABLE = ROOT / "docs/ZOO.md"
HEADER = ("bug", "origin", "expect", "scenario", "seeds")

# D: Delta CI's predecessor, O: Ordinaut, numbers: threads of other projects.
KEYS = tuple([f"D{n}" for n in range(1, 8)] + [f"O{n}" for n in range(1, 7)]
             + [str(n) for n in range(1, 24)])
OURS = "ours"


class BadPatch(Exception):
    """Says what is wrong with a patch's header."""


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    bugs: tuple
    origin: str
    expect: str
    scenario: str
    seeds: range
    planted: str

    @property
    def patch(self):
        return FOLDER / f"{self.name}.patch"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What a search came to: the first seed that finds the bug, and the drills' processor time."""
    seed: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Absent:
    """A bug that cannot be planted, and the tests that show it; or that has no place yet."""
    origin: str
    why: str
    tests: tuple = ()


IMPOSSIBLE = {
    "D7": Absent(
        "Delta CI (izavyalov-dev/delta-ci): FOR UPDATE SKIP LOCKED over a join without OF locked "
        "the whole run: others found no work among free rows",
        "A claim locks attempts by their ids; it joins no other table, and knows no run.",
        ("DatabaseConformance.each_scope_locks_its_rows_and_no_other",)),
    "O3": Absent(
        "Ordinaut (yoda-digital/ordinaut): CHECK (locked_until > now()): no update of a row whose "
        "lease had ended was possible",
        "No constraint of the schema names a time.",
        ("DatabaseConformance.a_lease_that_has_ended_can_be_written",)),
    "7": Absent(
        "good_job#90: a restart of PostgreSQL wiped the advisory locks of a job that ran for two "
        "days: it ran twice",
        "A lease is a row that is durable before its runner hears of it.",
        ("DatabaseRecovery.RedoGivesBackEveryKindOfRow",
         "DatabaseCommit.CrashLosesWhatWasNotFlushedAndKeepsWhatWas")),
}

def read_mutant(path):
    def bad(why):
        return BadPatch(f"{path.name} {why}")

    lines = path.read_text(encoding="utf-8").split("\n")
    header = {}
    for line in lines:
        if not (match := re.fullmatch(r"# ([a-z]+): (.+)", line)):
            break
        header[match.group(1)] = match.group(2)
    if tuple(header) != HEADER:
        raise bad(f"must begin with {', '.join(f'# {key}:' for key in HEADER)}")
    seeds = re.fullmatch(r"(\d+)\.\.(\d+)", header["seeds"])
    if not seeds:
        raise bad(f"has seeds {header['seeds']}, not A..B")
    if not (ROOT / header["scenario"]).is_file():
        raise bad(f"names a scenario that does not exist: {header['scenario']}")
    body = "\n".join(lines[len(header):]).split("\ndiff --git ")[0]
    if not body.strip():
        raise bad("says nothing of what it plants")
    return Mutant(path.stem, tuple(header["bug"].split()), header["origin"], header["expect"],
                  header["scenario"], range(int(seeds[1]), int(seeds[2]) + 1),
                  " ".join(body.split()))


def place_of(mutant):
    """In the order of the list; ours come last."""
    return (min(KEYS.index(bug) if bug in KEYS else len(KEYS) for bug in mutant.bugs), mutant.name)


def read_mutants():
    mutants = [read_mutant(path) for path in FOLDER.glob("*.patch")]
    return sorted(mutants, key=place_of)


def rows_of(mutants, findings):
    for mutant in mutants:
        yield [" ".join(mutant.bugs), mutant.origin,
               f"[{mutant.name}](../tests/mutants/{mutant.name}.patch): {mutant.planted}",
               f"`{mutant.scenario}`", mutant.expect, str(findings[mutant.name].seed),
               f"{findings[mutant.name].seconds:.2f}"]


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n"
                   for line in lines)


def tests_text(tests):
    return ", ".join(f"`{test}`" for test in tests)


def render(mutants, findings, machine):
    """docs/ZOO.md."""
    seconds = [findings[mutant.name].seconds for mutant in mutants]
    planted = table(["bug", "where it comes from", "what is planted here", "drill", "breaks",
                     "seed", "seconds"], rows_of(mutants, findings))
    impossible = table(["bug", "where it comes from", "why it cannot be planted", "shown by"],
                       [[key, bug.origin, bug.why, tests_text(bug.tests)]
                        for key, bug in IMPOSSIBLE.items()])
    return f"""# The zoo

Bugs that real orchestrators shipped, planted here one at a time, and found by drills. `D` are those
of Delta CI's predecessor, `O` those of Ordinaut, numbers are threads of other projects; `ours` are
mistakes that nobody is known to have made. Each is a patch in a copy of the tree: there is no
switch for any of them in the product.

This page is written by `./dev mutants --write`. A bug counts as found when a drill fails, names
what breaks and prints how to run it again, while the same scenario and seed pass without the bug.
`seconds` is the search alone, in processor time: every drill from the first seed of the patch on.

{len(mutants)} bugs planted, all found: median {statistics.median(seconds):.2f} s, maximum \
{max(seconds):.2f} s ({machine}).

{planted}
## Cannot be planted

{impossible}"""


def read_findings(text):
    """The seeds and seconds that a table names, by patch."""
    rows = re.findall(r"/mutants/([\w-]+)\.patch\).*\| (\d+) \| ([\d.]+) \|$", text, re.MULTILINE)
    return {name: Finding(int(seed), float(seconds)) for name, seed, seconds in rows}


def read_machine(text):
    found = re.search(r"maximum [\d.]+ s \(([^)]*)\)", text)
    return found.group(1) if found else ""


def tests_of(folder):
    """The names of all GoogleTest tests below a folder."""
    for path in folder.rglob("*.cpp"):
        for suite, name in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)",
                                      path.read_text(encoding="utf-8"), re.MULTILINE):
            yield f"{suite}.{name}"


def problems():
    """Why patches, list and page do not agree; a sentence each."""
    try:
        mutants = read_mutants()
    except BadPatch as why:
        yield str(why)
        return
    planted = [bug for mutant in mutants for bug in mutant.bugs if bug != OURS]
    for key in sorted(set(planted) - set(KEYS)):
        yield f"'{key}' is no key of the list"
    for key in KEYS:
        covered = planted.count(key) + (key in IMPOSSIBLE)
        if covered != 1:
            yield f"bug {key} is covered {covered} times; exactly one patch or reason must name it"
    existing = set(tests_of(ROOT / "tests"))
    for key, bug in IMPOSSIBLE.items():
        for test in bug.tests:
            if test not in existing:
                yield f"bug {key} names {test}, which does not exist"
    text = TABLE.read_text(encoding="utf-8") if TABLE.exists() else ""
    findings = read_findings(text)
    missing = [mutant.name for mutant in mutants if mutant.name not in findings]
    if missing:
        yield f"docs/ZOO.md has no row for {', '.join(missing)}; run ./dev mutants --write"
    elif render(mutants, findings, read_machine(text)) != text:
        yield "docs/ZOO.md is not what the patches say; run ./dev mutants --write"
