// artifacts-accounted: what an accepted completion calls stored is stored, as it says, unless the
// store itself tells that it is gone (its retention deleted it) or damaged (it has another digest
// than it was put with); and nothing is stored under the lease of a completed attempt that its
// completion does not name. References that dangle in these ways are counted by
// dangling_references().
#include <map>

#include "harness/checkers/all.h"
#include "harness/checkers/artifact_path.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

class ArtifactsAccounted final : public Checker {
 public:
  explicit ArtifactsAccounted(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "artifacts-accounted"; }

  void on_final(const FinalRead& read) override {
    std::map<AttemptId, const Complete*> completed;
    for (const AuditEvent& event : read.tables.audit()) {
      const auto* complete = std::get_if<Complete>(&event.what.message);
      if (complete == nullptr || event.refused) continue;
      completed.emplace(event.attempt, complete);
      for (const Artifact& artifact : complete->artifacts) {
        judge_artifact(read, complete->lease, artifact);
      }
    }
    for (const auto& [path, object] : read.artifacts) {
      const auto parsed = parse_artifact_path(path);
      // A log that was stored while its job ran is in no completion; the rest no-orphans reports.
      if (!parsed) continue;
      const auto at = completed.find(parsed->ref.attempt);
      // What another lease of the attempt left is of a history that was given up.
      if (at == completed.end() || at->second->lease.token_hash != parsed->lease) continue;
      judge_named(*at->second, path, parsed->name);
    }
  }

 private:
  void judge_artifact(const FinalRead& read, const Credentials& lease, const Artifact& artifact) {
    const std::string path = artifact_path(lease.ref, lease.token_hash, artifact.name);
    const auto bad = [&](const char* message) {
      return Finding{
          {}, message, {path + " digest=" + std::to_string(artifact.digest)}, lease.ref.run};
    };
    if (artifact.state == ArtifactState::missing) {
      judge(artifact.digest == 0, [&] { return bad("a missing artifact has a digest"); });
      return;
    }
    const auto stored = read.artifacts.find(path);
    judge(stored != read.artifacts.end() || read.expired.contains(path),
          [&] { return bad("an artifact on record as stored is not in the store"); });
    if (stored == read.artifacts.end()) return;
    judge(stored->second.digest == artifact.digest,
          [&] { return bad("a stored artifact has other contents than its record says"); });
  }

  void judge_named(const Complete& complete, const std::string& path, std::string_view name) {
    bool named = false;
    for (const Artifact& artifact : complete.artifacts) named = named || artifact.name == name;
    judge(named, [&] {
      return Finding{{},
                     "the store has an artifact that its attempt's completion does not name",
                     {path},
                     complete.lease.ref.run};
    });
  }
};

}  // namespace

std::unique_ptr<Checker> make_artifacts_accounted(Checker::Report report, const Settings&) {
  return std::make_unique<ArtifactsAccounted>(std::move(report));
}

}  // namespace aftershock
