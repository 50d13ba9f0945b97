// recovers: everything becomes terminal within the bound after the last fault was healed.
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

class Recovers final : public Checker {
 public:
  explicit Recovers(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "recovers"; }

  void on_final(const FinalRead& read) override {
    for (const RunId id : read.unfinished) {
      judge(false, [&] {
        const Run* row = read.tables.run(id);
        return Finding{{},
                       "a run did not end within the bound after the last heal",
                       {row != nullptr ? describe(*row) : "run " + to_string(id) + ": no row"},
                       id};
      });
    }
    for (const auto& [id, row] : read.tables.runs()) {
      judge(is_terminal(row.state), [&, &run = row] {
        return Finding{{}, "a run is not terminal in the final read", {describe(run)}, run.id};
      });
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_recovers(Checker::Report report, const Settings&) {
  return std::make_unique<Recovers>(std::move(report));
}

}  // namespace aftershock
