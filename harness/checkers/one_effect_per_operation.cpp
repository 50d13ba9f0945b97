// one-effect-per-operation: an operation key has one reply, one run, one set of leases, no more of
// them than it asked for; and every run and lease comes from an operation that is stored with it.
#include <algorithm>
#include <map>
#include <set>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

std::vector<AttemptId> granted(const Response& response) {
  std::vector<AttemptId> attempts;
  if (const auto* reply = std::get_if<AcquireReply>(&response.body)) {
    for (const Grant& grant : reply->grants) attempts.push_back(grant.ref.attempt);
  }
  return attempts;
}

/// How many of the commit's operations answer with this run.
std::size_t operations_of(const CommitView& view, RunId run) {
  return static_cast<std::size_t>(
      std::ranges::count_if(view.writes.operations, [run](const StoredOperation& operation) {
        const auto* reply = std::get_if<SubmitReply>(&operation.reply.body);
        return reply != nullptr && reply->run == run;
      }));
}

/// How many of the commit's operations grant this attempt.
std::size_t operations_of(const CommitView& view, AttemptId attempt) {
  std::size_t found = 0;
  for (const StoredOperation& operation : view.writes.operations) {
    const auto* reply = std::get_if<AcquireReply>(&operation.reply.body);
    if (reply == nullptr) continue;
    for (const Grant& grant : reply->grants) found += grant.ref.attempt == attempt ? 1U : 0U;
  }
  return found;
}

class OneEffectPerOperation final : public Checker {
 public:
  explicit OneEffectPerOperation(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "one-effect-per-operation"; }

  void on_commit(const CommitView& view) override {
    for (const StoredOperation& operation : view.writes.operations) {
      judge(written_.insert(operation.key.id).second,
            [&] { return found("was written twice", operation.key.id, {}); });
      const auto* reply = std::get_if<SubmitReply>(&operation.reply.body);
      if (reply != nullptr) created_by_[reply->run] = operation.key.id;
    }
    for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
      if (view.before.runs[i] != nullptr) continue;
      const Run& row = view.writes.runs[i].row;
      if (!row.schedule.is_nil()) continue;  // fires-once judges it
      judge(operations_of(view, row.id) == 1, [&] {
        return Finding{
            {}, "a run was not created by exactly one operation", {describe(row)}, row.id};
      });
    }
    for (const AuditEvent& event : view.writes.audit) {
      const auto* acquire = std::get_if<Acquire>(&event.what.message);
      if (acquire == nullptr || event.refused) continue;
      judge(operations_of(view, acquire->attempt) == 1, [&] {
        return Finding{
            {}, "a lease was not granted by exactly one operation", {describe(event)}, event.run};
      });
    }
  }

  /// A key that was lost may have its effect again; that it was lost is another rule's business.
  void on_rewind(const sim::Tables& tables) override {
    const auto lost = [&tables](const auto& entry) {
      return tables.operation(entry.first) == nullptr;
    };
    std::erase_if(written_, [&tables](OperationId id) { return tables.operation(id) == nullptr; });
    std::erase_if(runs_, lost);
    std::erase_if(leases_, lost);
    std::erase_if(created_by_, [&tables](const auto& entry) {
      return tables.operation(entry.second) == nullptr;
    });
  }

  void on_acknowledged(const Acknowledged& answer, const sim::Tables&) override {
    if (answer.response.status != Status::ok) return;
    if (const auto* submit = std::get_if<SubmitRequest>(&answer.request)) {
      const auto* reply = std::get_if<SubmitReply>(&answer.response.body);
      if (reply != nullptr) judge_submission(submit->operation, reply->run);
    } else if (const auto* acquire = std::get_if<AcquireRequest>(&answer.request)) {
      std::vector<AttemptId> attempts = granted(answer.response);
      if (attempts.empty()) return;  // a long poll that ended with nothing may be asked again
      const auto [at, first] = leases_.try_emplace(acquire->operation, attempts);
      judge(first || at->second == attempts,
            [&] { return found("was answered with two sets of leases", acquire->operation, {}); });
      judge(attempts.size() <= acquire->slots,
            [&] { return found("was granted more leases than it asked for", at->first, {}); });
    }
  }

  void on_final(const FinalRead& read) override {
    for (const WitnessedRun& witnessed : read.witnessed) {
      judge_submission(witnessed.operation, witnessed.reply.run);
    }
    std::map<RunId, OperationId> effects;
    for (const auto& [id, operation] : read.tables.operations()) {
      const auto* reply = std::get_if<SubmitReply>(&operation.reply.body);
      if (reply == nullptr) continue;
      judge(effects.try_emplace(reply->run, id).second,
            [&, key = id] { return found("shares its run with another", key, reply->run); });
    }
  }

 private:
  void judge_submission(OperationId id, RunId run) {
    const auto [at, first] = runs_.try_emplace(id, run);
    judge(first || at->second == run, [&, other = at->second] {
      Finding finding = found("was answered with two runs", id, run);
      finding.rows.push_back("the other is run " + to_string(other));
      return finding;
    });
    const auto by = created_by_.find(run);
    judge(by == created_by_.end() || by->second == id, [&] {
      Finding finding = found("was answered with a run that is stored with another", id, run);
      finding.rows.push_back("the other is operation " + to_string(by->second));
      return finding;
    });
  }

  static Finding found(const char* message, OperationId id, RunId run) {
    return {{}, "an operation key " + std::string(message), {"operation " + to_string(id)}, run};
  }

  std::set<OperationId> written_;
  std::map<RunId, OperationId> created_by_;               ///< as committed
  std::map<OperationId, RunId> runs_;                     ///< as acknowledged
  std::map<OperationId, std::vector<AttemptId>> leases_;  ///< as acknowledged
};

}  // namespace

std::unique_ptr<Checker> make_one_effect_per_operation(Checker::Report report, const Settings&) {
  return std::make_unique<OneEffectPerOperation>(std::move(report));
}

}  // namespace aftershock
