// acked-is-durable: what was acknowledged is still there at the end, unaltered.
#include <algorithm>
#include <map>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

class AckedIsDurable final : public Checker {
 public:
  explicit AckedIsDurable(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "acked-is-durable"; }

  void on_acknowledged(const Acknowledged& answer, const sim::Tables&) override {
    if (answer.response.status != Status::ok) return;
    if (const auto* submit = std::get_if<SubmitRequest>(&answer.request)) {
      const auto* reply = std::get_if<SubmitReply>(&answer.response.body);
      if (reply != nullptr) remember(*reply, submit->spec ? submit->spec->jobs.size() : 0);
    } else if (const auto* complete = std::get_if<CompleteRequest>(&answer.request)) {
      ended_.push_back(complete->lease.ref);
    } else if (const auto* ack = std::get_if<CancelAckRequest>(&answer.request)) {
      ended_.push_back(ack->lease.ref);
    } else if (const auto* saved = std::get_if<CheckpointRequest>(&answer.request)) {
      std::uint32_t& steps = checkpoints_[{saved->lease.ref.run, saved->lease.ref.job}];
      steps = std::max(steps, saved->checkpoint.steps);
    }
  }

  void on_final(const FinalRead& read) override {
    for (const WitnessedRun& witnessed : read.witnessed) remember(witnessed.reply, 0);
    for (const AuditEvent& event : read.tables.audit()) {
      if (event.attempt.is_nil()) mark_found({event.number, event.digest}, event.run);
    }
    for (const auto& [id, acked] : runs_) judge_run(id, acked, read.tables);
    judge_checkpoints(read.tables);
    for (const AttemptRef& ref : ended_) {
      const Attempt* row = read.tables.attempt(ref.attempt);
      judge(row != nullptr && is_terminal(row->state), [&] {
        return Finding{{},
                       "an acknowledged end of an attempt is not in the tables",
                       {row ? describe(*row) : "attempt " + to_string(ref.attempt) + ": no row"},
                       ref.run};
      });
    }
  }

  void judge_checkpoints(const sim::Tables& tables) {
    for (const auto& [key, steps] : checkpoints_) {
      const Job* row = tables.job(key.first, key.second);
      judge(row != nullptr && row->checkpoint.steps >= steps, [&] {
        return Finding{{},
                       "an acknowledged checkpoint is not in the tables",
                       {row ? describe(*row) : "run " + to_string(key.first) + ": no such job"},
                       key.first};
      });
    }
  }

 private:
  struct AckedHead {
    ChainHead head;
    bool found = false;  ///< in the audit log
  };
  struct AckedRun {
    std::size_t jobs = 0;  ///< submitted; 0: not known
    std::vector<AckedHead> heads;
  };

  void remember(const SubmitReply& reply, std::size_t jobs) {
    AckedRun& acked = runs_[reply.run];
    if (jobs > 0) acked.jobs = jobs;
    const auto same = [&reply](const AckedHead& known) { return known.head == reply.audit; };
    if (std::ranges::none_of(acked.heads, same)) acked.heads.push_back({reply.audit});
  }

  void mark_found(const ChainHead& head, RunId run) {
    const auto at = runs_.find(run);
    if (at == runs_.end()) return;
    for (AckedHead& acked : at->second.heads) {
      if (acked.head == head) acked.found = true;
    }
  }

  void judge_run(RunId id, const AckedRun& acked, const sim::Tables& tables) {
    const Run* row = tables.run(id);
    const auto lost = [&](const char* what) {
      return Finding{
          {}, what, {row != nullptr ? describe(*row) : "run " + to_string(id) + ": no row"}, id};
    };
    judge(row != nullptr, [&] { return lost("an acknowledged run is gone"); });
    if (row == nullptr) return;
    judge(acked.jobs == 0 || (row->spec != nullptr && row->spec->jobs.size() == acked.jobs),
          [&] { return lost("an acknowledged run has other jobs than were submitted"); });
    for (const AckedHead& head : acked.heads) {
      judge(head.found, [&] { return lost("an acknowledged chain head is not in the audit log"); });
    }
  }

  std::map<RunId, AckedRun> runs_;
  std::vector<AttemptRef> ended_;
  std::map<std::pair<RunId, std::uint32_t>, std::uint32_t> checkpoints_;  ///< steps, by job
};

}  // namespace

std::unique_ptr<Checker> make_acked_is_durable(Checker::Report report, const Settings&) {
  return std::make_unique<AckedIsDurable>(std::move(report));
}

}  // namespace aftershock
