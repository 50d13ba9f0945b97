// fail-closed: nothing is acknowledged that is not committed.
#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"

namespace aftershock {

using namespace delta;

namespace {

/// The row's lease is the one that the request names, and got at least as far as `phase`.
bool reached(const Attempt* row, const Lease& lease, AttemptState phase) {
  if (row == nullptr || row->epoch != lease.epoch) return false;
  return row->state >= phase;  // cancel_requested and the terminal states come after the phases
}

class FailClosed final : public Checker {
 public:
  explicit FailClosed(Report report) : Checker(std::move(report)) {}

  std::string_view name() const override { return "fail-closed"; }

  void on_acknowledged(const Acknowledged& answer, const sim::Tables& tables) override {
    if (answer.response.status != Status::ok) return;
    outlived_rewind_ = answer.outlived_rewind;
    std::visit([&](const auto& request) { check(request, answer.response.body, tables); },
               answer.request);
  }

 private:
  void check(const GetRunRequest&, const ReplyBody&, const sim::Tables&) {}
  void check(const ListRunsRequest&, const ReplyBody&, const sim::Tables&) {}
  void check(const ListArtifactsRequest&, const ReplyBody&, const sim::Tables&) {}
  void check(const MetricsRequest&, const ReplyBody&, const sim::Tables&) {}
  void check(const ListRunnersRequest&, const ReplyBody&, const sim::Tables&) {}
  void check(const GetScheduleRequest&, const ReplyBody&, const sim::Tables&) {}
  void check(const ListSchedulesRequest&, const ReplyBody&, const sim::Tables&) {}

  void check(const CreateScheduleRequest& request, const ReplyBody& body,
             const sim::Tables& tables) {
    judge_schedule(request.spec->name, body, tables);
  }
  void check(const ChangeScheduleRequest& request, const ReplyBody& body,
             const sim::Tables& tables) {
    judge_schedule(request.name, body, tables);
  }

  /// It is there, and is as it was answered or has been changed since.
  void judge_schedule(const std::string& name, const ReplyBody& body, const sim::Tables& tables) {
    const auto* reply = std::get_if<ScheduleView>(&body);
    const Schedule* row = tables.schedule(schedule_id(name));
    const bool committed = reply != nullptr && row != nullptr &&
                           row->created_at >= reply->created_at && row->fires >= reply->fires;
    judge_run(committed, [&] {
      return Finding{{},
                     "a change of a schedule was acknowledged but is not committed",
                     {row != nullptr ? describe(*row) : "no row"},
                     {}};
    });
  }

  void check(const AdminRequest&, const ReplyBody& body, const sim::Tables& tables) {
    const auto* reply = std::get_if<AdminReply>(&body);
    const bool committed = reply != nullptr &&
                           tables.control().policy.version >= reply->policy.version &&
                           tables.control().generation >= reply->generation;
    if (!committed && outlived_rewind_) return;
    judge(committed, [&] {
      return Finding{{}, "an operator's action was acknowledged but is not committed", {}, {}};
    });
  }

  void check(const RerunRequest&, const ReplyBody& body, const sim::Tables& tables) {
    check(SubmitRequest{}, body, tables);
  }

  void check(const SubmitRequest&, const ReplyBody& body, const sim::Tables& tables) {
    const auto* reply = std::get_if<SubmitReply>(&body);
    const bool committed = reply != nullptr && tables.run(reply->run) != nullptr;
    judge_run(committed, [&] {
      return Finding{{},
                     "a submission was acknowledged without its run",
                     {},
                     reply != nullptr ? reply->run : RunId{}};
    });
  }

  void check(const CancelRequest& request, const ReplyBody&, const sim::Tables& tables) {
    const Run* row = tables.run(request.run);
    const bool committed = row != nullptr && row->state >= RunState::cancel_requested;
    judge_run(committed, [&] {
      return Finding{{},
                     "a cancellation was acknowledged but is not committed",
                     {row != nullptr ? describe(*row) : "no row"},
                     request.run};
    });
  }

  void check(const AcquireRequest& request, const ReplyBody& body, const sim::Tables& tables) {
    const auto* reply = std::get_if<AcquireReply>(&body);
    if (reply == nullptr || reply->grants.empty()) return;
    const TokenHash hash = hash_token(request.token);
    for (const Grant& grant : reply->grants) {
      const Attempt* row = tables.attempt(grant.ref.attempt);
      judge_run(reached(row, {grant.ref, grant.epoch, {}}, AttemptState::leased) &&
                    row->runner == request.runner && row->token_hash == hash,
                [&] { return uncommitted("grant", row, grant.ref); });
    }
  }

  void check(const HeartbeatRequest& request, const ReplyBody& body, const sim::Tables& tables) {
    const auto* reply = std::get_if<HeartbeatReply>(&body);
    if (reply == nullptr) return;
    for (const LeaseStatus& status : reply->leases) {
      if (status.refused) continue;
      for (const Lease& lease : request.leases) {
        if (lease.ref.attempt == status.attempt)
          judge_lease("heartbeat", lease, tables, AttemptState::leased);
      }
    }
  }

  void check(const StartRequest& request, const ReplyBody&, const sim::Tables& tables) {
    judge_lease("start", request.lease, tables, AttemptState::starting);
  }
  void check(const ReportRequest& request, const ReplyBody&, const sim::Tables& tables) {
    judge_lease("report", request.lease, tables, request.phase);
  }
  void check(const CompleteRequest& request, const ReplyBody&, const sim::Tables& tables) {
    judge_lease("completion", request.lease, tables, AttemptState::succeeded);
  }
  void check(const CancelAckRequest& request, const ReplyBody&, const sim::Tables& tables) {
    judge_lease("end of a cancellation", request.lease, tables, AttemptState::succeeded);
  }

  void check(const CheckpointRequest& request, const ReplyBody&, const sim::Tables& tables) {
    const AttemptRef& ref = request.lease.ref;
    const Job* job = tables.job(ref.run, ref.job);
    judge_run(job != nullptr && job->checkpoint.steps >= request.checkpoint.steps,
              [&] { return uncommitted("checkpoint", tables.attempt(ref.attempt), ref); });
  }

  void judge_lease(const char* what, const Lease& lease, const sim::Tables& tables,
                   AttemptState phase) {
    const Attempt* row = tables.attempt(lease.ref.attempt);
    judge_run(reached(row, lease, phase), [&] { return uncommitted(what, row, lease.ref); });
  }

  template <class Describe>
  void judge_run(bool committed, Describe describe) {
    // It was committed when it was given.
    if (!committed && outlived_rewind_) return;
    judge(committed, describe);
  }

  static Finding uncommitted(const char* what, const Attempt* row, const AttemptRef& ref) {
    return {{},
            "a " + std::string(what) + " was acknowledged but is not committed",
            {row != nullptr ? describe(*row) : "attempt " + to_string(ref.attempt) + ": no row"},
            ref.run};
  }

  bool outlived_rewind_ = false;  ///< the present answer
};

}  // namespace

std::unique_ptr<Checker> make_fail_closed(Checker::Report report, const Settings&) {
  return std::make_unique<FailClosed>(std::move(report));
}

}  // namespace aftershock
