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
  void on_rewind(const sim::Tables&) override { gave_up_ = true; }
  void on_stray_commit(const CommitView&) override { gave_up_ = true; }

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
    std::optional<ArtifactPath> parsed = parse_partial_log_path(path);
    if (!parsed) parsed = parse_artifact_path(path);
    const Attempt* owner = parsed ? tables.attempt(parsed->ref.attempt) : nullptr;
    const bool held = owner != nullptr && owner->token_hash == parsed->lease;
    if (!held && gave_up_) return;
    judge(owner != nullptr && owner->ref() == parsed->ref,
          [&] { return orphan("an artifact has no attempt", path); });
    if (owner == nullptr) return;
    judge(held,
          [&] { return orphan("an artifact is of a lease that its attempt never had", path); });
  }

  static Finding orphan(const char* message, std::string row) {
    return {{}, message, {std::move(row)}, {}};
  }

  bool gave_up_ = false;  ///< a history
};

}  // namespace

std::unique_ptr<Checker> make_no_orphans(Checker::Report report, const Settings&) {
  return std::make_unique<NoOrphans>(std::move(report));
}

}  // namespace aftershock
