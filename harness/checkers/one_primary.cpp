// one-primary: no server commits once another has opened a newer timeline. Otherwise there are two
// histories, and whoever relies on the older one is let down.
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

class OnePrimary final : public Checker {
 public:
  explicit OnePrimary(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "one-primary"; }

  void on_commit(const CommitView&) override {
    judge(true, [] { return Finding{}; });
  }

  void on_stray_commit(const CommitView& commit) override {
    judge(false, [&commit] {
      Finding finding{{}, "a server that is not the primary any more has committed", {}, {}};
      for (const RunWrite& write : commit.writes.runs) finding.rows.push_back(describe(write.row));
      for (const AttemptWrite& write : commit.writes.attempts) {
        finding.rows.push_back(describe(write.row));
        finding.run = write.row.run;
      }
      return finding;
    });
  }
};

}  // namespace

std::unique_ptr<Checker> make_one_primary(Checker::Report report, const Settings&) {
  return std::make_unique<OnePrimary>(std::move(report));
}

}  // namespace aftershock
