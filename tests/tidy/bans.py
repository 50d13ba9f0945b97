"""What the code may not say, what to say instead, and for each ban one line that breaks it."""

import dataclasses
import re

# The layers whose every step is a function of (scenario, seed): nothing real may leak in.
DETERMINISTIC = ("core/", "orchestrator/", "runner/", "simulator/")
# Parts of their folders that touch the real world on purpose: adapters of ports, and programs.
REAL = ("orchestrator/adapters/", "orchestrator/main.cpp", "runner/adapters/", "runner/main.cpp")
LAYERS = DETERMINISTIC + ("platform/", "client/", "reports/", "harness/")
EVERYWHERE = LAYERS + ("tests/", "bench/")
KERNEL = ("simulator/kernel/",)


@dataclasses.dataclass(frozen=True)
class Ban:
    pattern: str  # searched in each line, comments and the insides of strings blanked
    instead: str
    bad: str  # a line that must be found; style_test.py feeds it
    where: tuple = DETERMINISTIC
    allowed_in: tuple = ()
    good: str = ""  # a line that looks like it and must not be found

    def applies_to(self, path):
        if self.where is DETERMINISTIC and path.startswith(REAL):
            return False
        return path.startswith(self.where) and not path.startswith(self.allowed_in or "\0")

    def found_in(self, line):
        return re.search(self.pattern, line) is not None


BANS = (
    Ban(r"\bunordered_(map|set|multimap|multiset)\b",
        "std::map or a sorted std::vector: hash order differs between libraries",
        "std::unordered_map<int, int> rows;"),
    Ban(r"\bstd::\w+_distribution\b",
        "Rng::below, chance_ppm, between (core/rng.h): distributions differ between libraries",
        "std::uniform_int_distribution<int> pick(0, 3);"),
    Ban(r"\bstd::(ranges::)?(shuffle|sample)\b",
        "a loop over Rng::below (core/rng.h)",
        "std::shuffle(rows.begin(), rows.end(), generator);"),
    Ban(r"\b(random_device|mt19937(_64)?|default_random_engine)\b",
        "Rng (core/rng.h), seeded by the drill",
        "std::random_device entropy;"),
    Ban(r"\b(system_clock|high_resolution_clock|utc_clock|file_clock)\b",
        "the Clock port, or the database's clock read under row locks",
        "const auto now = std::chrono::system_clock::now();"),
    Ban(r"\bsteady_clock\b",
        "the Clock port (only the kernel names it, as Boost.Fiber's interface does)",
        "std::chrono::steady_clock::time_point start;", allowed_in=KERNEL),
    Ban(r"(\bstd::|(?<!\w)::)(time|clock)\s*\(|(?<![\w.>:])time\s*\(\s*(nullptr|NULL|0|&)"
        r"|\b(gettimeofday|clock_gettime|localtime|gmtime)\b",
        "the Clock port",
        "const auto seed = time(nullptr);", good="const DbTime at = transaction.time();"),
    Ban(r"(?<![\w.>:])s?rand\s*\(|\bstd::s?rand\b",
        "Rng (core/rng.h)",
        "const int n = rand() % 3;", good="const int n = operand(3);"),
    Ban(r"\b(secure_)?getenv\b",
        "Settings (core/settings.h): what changes behaviour is in the scenario or on the command line",
        'if (std::getenv("DEBUG")) {'),
    Ban(r"\bstd::(jthread|thread|async|future|promise|packaged_task)\b",
        "the Tasks port: a fiber in the simulator, a thread live",
        "std::thread worker([] {});"),
    Ban(r"\bstd::((recursive|shared|timed)_)?(mutex|condition_variable)\b",
        "the Tasks port's own waits: a std::mutex blocks every fiber",
        "std::mutex mutex_;"),
    Ban(r"\bthis_(thread|fiber)::|(?<![\w.>])(u|nano)?sleep\s*\(",
        "the Clock port's sleep: these wait in real time",
        "std::this_thread::sleep_for(1s);", allowed_in=KERNEL, good="clock.sleep_until(deadline);"),
    Ban(r"#\s*include\s*<(iostream|fstream|cstdio|thread|future|random|ctime)>",
        "a port: no input, output, threads or real time in here",
        "#include <iostream>"),
    Ban(r"\bstd::(multi)?(map|set)<\s*(const\s+)?[\w:]+(<[^<>]*>)?(\s+const)?\s*\*",
        "a strong id as the key (core/ids.h): addresses differ from run to run",
        "std::set<const Fiber*> ready;", good="std::map<RunId, Row*> rows;"),
    Ban(r"\bstd::hash\b",
        "hash_name or mix64 (core/rng.h): std::hash differs between libraries",
        "const auto h = std::hash<std::string>{}(name);"),
    Ban(r"\bthread_local\b",
        "a member of the object that owns it: fibers share their thread's variables",
        "thread_local int depth = 0;", where=LAYERS),
    Ban(r"\bstatic\s+(?!const)[\w:<>,&*\s]+?(=(?!=)|;|\{)",
        "a constructor argument or a member: no mutable state outlives a drill",
        "static int counter = 0;", good="  static constexpr Rng seeded(int n) { return Rng(n); }"),
    Ban(r"\bcatch\s*\(\s*\.\.\.\s*\)",
        "catch (const std::exception&): a killed fiber unwinds with something else",
        "} catch (...) {", where=LAYERS,
        allowed_in=KERNEL + ("harness/main.cpp",)),
    Ban(r"\b(float|double)\b",
        "integers: nanoseconds, parts per million",
        "double rate = 0.5;", where=("core/", "orchestrator/", "runner/")),
    Ban(r"(?<!\w)assert\s*\(|\bstd::abort\b|(?<![\w.>])abort\s*\(\s*\)",
        "CHECK (core/check.h), which stays on in release",
        "assert(rows.size() == 1);", where=LAYERS,
        good="static_assert(sizeof(int) == 4); abort(transaction);"),
)
