// no-orphans: every row, and every stored artifact, has the rows it belongs to.
#include "harness/checkers/all.h"
#include "harness/checkers/artifact_path.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

class NoOrphans final : public Checker {
 public:
  explicit NoOrphans(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "no-orphans"; }

  /// Artifacts of a history that was given up stay in their store; nobody can tell whose they are.
  void on_rewind(const sim::Tables&) override { rewound_ = true; }

  void on_final(const FinalRead& read) override {
    const sim::Tables& tables = read.tables;
    for (const auto& [id, row] : tables.attempts()) {
      judge(tables.job(row.run, row.job) != nullptr,
            [&, &attempt = row] { return orphan("an attempt has no job", describe(attempt)); });
    }
    for (const auto& [key, row] : tables.jobs()) {
      judge(tables.run(row.run) != nullptr,
            [&, &job = row] { return orphan("a job has no run", describe(job)); });
      const Attempt* current = tables.attempt(row.current);
      judge(current != nullptr && current->run == row.run && current->job == row.index,
            [&, &job = row] { return orphan("a job has no current attempt", describe(job)); });
    }
    for (const auto& [serial, row] : tables.outbox()) {
      judge(tables.attempt(row.attempt) != nullptr, [&, &entry = row] {
        return orphan("an outbox row has no attempt", "attempt " + to_string(entry.attempt));
      });
    }
    for (const auto& [path, object] : read.artifacts) judge_artifact(path, tables);
  }

 private:
  void judge_artifact(const std::string& path, const sim::Tables& tables) {
    std::optional<AttemptRef> ref = parse_partial_log_path(path);
    if (const auto artifact = parse_artifact_path(path)) ref = artifact->ref;
    const Attempt* owner = ref ? tables.attempt(ref->attempt) : nullptr;
    if (owner == nullptr && rewound_) return;
    judge(owner != nullptr && owner->ref() == *ref,
          [&] { return orphan("an artifact has no attempt", path); });
  }

  static Finding orphan(const char* message, std::string row) {
    return {{}, message, {std::move(row)}, {}};
  }

  bool rewound_ = false;
};

}  // namespace

std::unique_ptr<Checker> make_no_orphans(Checker::Report report, const Settings&) {
  return std::make_unique<NoOrphans>(std::move(report));
}

}  // namespace aftershock
