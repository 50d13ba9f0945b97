// audit-replays: the audit log alone rebuilds the tables, and its chains are unbroken up to the
// heads that the rows hold.
#include <map>

#include "core/replay.h"
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

constexpr std::size_t kMostReported = 5;

class AuditReplays final : public Checker {
 public:
  explicit AuditReplays(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "audit-replays"; }

  void on_final(const FinalRead& read) override {
    walk_chains(read.tables);
    judge_head(control_, read.tables.control(), {});
    for (const auto& [id, row] : read.tables.schedules()) judge_head(schedules_[id], row, {});
    for (const auto& [id, row] : read.tables.runs()) judge_head(runs_[id].head, row, id);
    for (const auto& [id, row] : read.tables.attempts()) judge_head(attempts_[id], row, row.run);
    const ReplayResult replayed = replay(read.tables.audit(), read.settings);
    judge_all(replayed.problems);
    judge_all(differences(replayed.rows, read.tables.rows()));
  }

 private:
  struct RunChain {
    ChainHead head;
    std::map<std::uint32_t, AttemptId> leased;  ///< by job: on record as taken, and not as ended
  };

  void walk_chains(const sim::Tables& tables) {
    std::uint64_t last_serial = 0;
    for (const AuditEvent& event : tables.audit()) {
      judge(event.serial > last_serial,
            [&] { return found("the serials of the log do not grow", event); });
      last_serial = event.serial;
      if (event.run.is_nil()) {
        follow(event.schedule.is_nil() ? control_ : schedules_[event.schedule], event);
        continue;
      }
      RunChain& run = runs_[event.run];
      if (event.attempt.is_nil()) {
        if (std::holds_alternative<RunTimeOut>(event.what.message)) end_leases(run);
        follow(run.head, event);
      } else {
        follow_attempt(run, event, tables);
      }
    }
  }

  /// The deadline of a run ends leases without an event in their own chains.
  void end_leases(RunChain& run) {
    for (const auto& [job, attempt] : run.leased) enter_head(run.head, attempts_[attempt]);
    run.leased.clear();
  }

  void follow_attempt(RunChain& run, const AuditEvent& event, const sim::Tables& tables) {
    ChainHead& head = attempts_[event.attempt];
    follow(head, event);
    const Attempt* row = tables.attempt(event.attempt);
    if (row == nullptr) return;  // the replay tells
    if (is_terminal(static_cast<AttemptState>(event.to))) {
      enter_head(run.head, head);
      run.leased.erase(row->job);
    } else if (std::holds_alternative<Acquire>(event.what.message)) {
      run.leased[row->job] = event.attempt;
    }
  }

  void follow(ChainHead& head, const AuditEvent& event) {
    judge(event.number == head.length + 1 && event.previous == head.digest,
          [&] { return found("a chain of events is broken", event); });
    head = {event.number, event.digest};
  }

  template <class Row>
  void judge_head(const ChainHead& head, const Row& row, RunId run) {
    judge(head == row.audit, [&] {
      return Finding{{},
                     "the log ends at event " + std::to_string(head.length) +
                         " of a chain, its row has another head",
                     {describe(row)},
                     run};
    });
  }

  void judge_all(const std::vector<std::string>& problems) {
    judge(problems.empty(), [&] {
      Finding finding{{}, problems.front(), {}, {}};
      if (problems.size() > 1) {
        finding.message += " (and " + std::to_string(problems.size() - 1) + " more)";
      }
      for (std::size_t i = 1; i < problems.size() && i < kMostReported; ++i) {
        finding.rows.push_back(problems[i]);
      }
      return finding;
    });
  }

  static Finding found(const char* message, const AuditEvent& event) {
    return {{}, message, {describe(event)}, event.run};
  }

  ChainHead control_;
  std::map<ScheduleId, ChainHead> schedules_;
  std::map<RunId, RunChain> runs_;
  std::map<AttemptId, ChainHead> attempts_;
};

}  // namespace

std::unique_ptr<Checker> make_audit_replays(Checker::Report report, const Settings&) {
  return std::make_unique<AuditReplays>(std::move(report));
}

}  // namespace aftershock
