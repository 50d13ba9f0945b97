// fenced-completion: only the present holder of a lease that has not ended changes its attempt.
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"
#include "harness/checkers/grace_history.h"

namespace aftershock {

using namespace delta;

namespace {

/// What the message shows to prove that its sender holds the lease; null: it needs no proof.
const Credentials* credentials_of(const Message& message) {
  if (const auto* m = std::get_if<Start>(&message)) return &m->lease;
  if (const auto* m = std::get_if<Heartbeat>(&message)) return &m->lease;
  if (const auto* m = std::get_if<delta::Report>(&message)) return &m->lease;
  if (const auto* m = std::get_if<Complete>(&message)) return &m->lease;
  if (const auto* m = std::get_if<CancelAck>(&message)) return &m->lease;
  if (const auto* m = std::get_if<SaveCheckpoint>(&message)) return &m->lease;
  return nullptr;
}

/// The lease as it was right before one of the commit's messages.
struct LeaseThen {
  bool exists = false;
  bool live = false;
  std::uint32_t epoch = 0;
  std::uint64_t generation = 0;
  TokenHash token_hash;
  DbTime expires_at{};
};

LeaseThen committed(const Attempt& row) {
  return {true, is_live(row.state), row.epoch, row.generation, row.token_hash, row.expires_at};
}

class FencedCompletion final : public Checker {
 public:
  FencedCompletion(Report report, const Settings& settings)
      : Checker(std::move(report)), settings_(settings), grace_(settings) {}

  std::string_view name() const override { return "fenced-completion"; }

  void on_commit(const CommitView& view) override {
    for (std::size_t i = 0; i < view.writes.audit.size(); ++i) {
      const AuditEvent& event = view.writes.audit[i];
      if (event.refused) continue;
      const Credentials* shown = credentials_of(event.what.message);
      if (shown != nullptr) judge_message(view, i, *shown);
    }
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      const Attempt* before = view.before.attempts[i];
      if (before != nullptr) judge_renewal(*before, view.writes.attempts[i].row);
    }
    grace_.on_commit(view);
  }

  void on_rewind(const sim::Tables& tables) override { grace_.on_rewind(tables); }

 private:
  void judge_message(const CommitView& view, std::size_t index, const Credentials& shown) {
    const AuditEvent& event = view.writes.audit[index];
    const LeaseThen lease = before_message(view, index);
    const DbTime now = event.context.now;
    const DbTime grace = grace_.at(now).value_or(event.context.grace_until);
    const char* problem = nullptr;
    if (!lease.exists || shown.ref.attempt != event.attempt) {
      problem = "there is no such lease";
    } else if (shown.epoch != lease.epoch || shown.token_hash != lease.token_hash) {
      problem = "its credentials are not the lease's";
    } else if (!lease.live) {
      problem = "nobody holds a lease on the attempt";
    } else if (lease.generation != event.context.generation) {
      problem = "the lease is of another generation";
    } else if (now >= std::max(lease.expires_at, grace)) {
      problem = "the lease had ended";
    }
    judge(problem == nullptr, [&] {
      Finding finding{{}, "a " + std::string(name_of(event.what.message)), {}, event.run};
      finding.message += " was accepted although " + std::string(problem);
      finding.rows.push_back(describe(event));
      for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
        const Attempt* before = view.before.attempts[i];
        if (view.writes.attempts[i].row.id != event.attempt) continue;
        finding.rows.push_back(before ? "before: " + describe(*before) : "before: no row");
      }
      return finding;
    });
  }

  /// Folds the commit's earlier messages about the attempt over its committed row.
  LeaseThen before_message(const CommitView& view, std::size_t index) const {
    const AttemptId id = view.writes.audit[index].attempt;
    LeaseThen lease;
    for (std::size_t i = 0; i < view.writes.attempts.size(); ++i) {
      if (view.writes.attempts[i].row.id != id) continue;
      if (const Attempt* before = view.before.attempts[i]) lease = committed(*before);
      break;
    }
    for (std::size_t i = 0; i < index; ++i) {
      const AuditEvent& event = view.writes.audit[i];
      if (event.attempt != id || event.refused) continue;
      lease.live = is_live(static_cast<AttemptState>(event.to));
      if (const auto* acquire = std::get_if<Acquire>(&event.what.message)) {
        lease.exists = true;
        ++lease.epoch;
        lease.generation = event.context.generation;
        lease.token_hash = acquire->token_hash;
        lease.expires_at = event.context.now + settings_.ack_window;
      }
      // Renewals need no folding: a commit has one clock reading, so none of them can end or
      // revive the lease for the messages after it.
    }
    return lease;
  }

  /// A heartbeat leaves no event: the time it was decided at follows from the end that it set;
  /// after a change of the TTL, the earliest such time.
  void judge_renewal(const Attempt& before, const Attempt& after) {
    const bool same_lease = is_live(before.state) && before.epoch == after.epoch;
    if (!same_lease || after.expires_at <= before.expires_at) return;
    const DbTime renewed_at = after.expires_at - grace_.longest_ttl();
    const DbTime grace = grace_.at(renewed_at).value_or(DbTime::max());
    judge(renewed_at < std::max(before.expires_at, grace), [&] {
      return Finding{{},
                     "a lease was renewed at " + describe(renewed_at) + ", after its end",
                     {"before: " + describe(before), "after: " + describe(after)},
                     after.run};
    });
    const bool may_grow =
        before.state != AttemptState::cancel_requested && after.state != AttemptState::leased;
    judge(may_grow, [&] {
      return Finding{{},
                     "a lease was renewed that was not started, or is being cancelled",
                     {"before: " + describe(before), "after: " + describe(after)},
                     after.run};
    });
  }

  const Settings& settings_;
  GraceHistory grace_;
};

}  // namespace

std::unique_ptr<Checker> make_fenced_completion(Checker::Report report, const Settings& settings) {
  return std::make_unique<FencedCompletion>(std::move(report), settings);
}

}  // namespace aftershock
