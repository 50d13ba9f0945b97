#include "orchestrator/orchestrator.h"

#include <algorithm>

#include "core/check.h"
#include "orchestrator/replies.h"

namespace delta {

namespace {

constexpr std::uint32_t kMostListed = 500;

bool is_from_runner(const Request& request) {
  return std::holds_alternative<AcquireRequest>(request) ||
         std::holds_alternative<StartRequest>(request) ||
         std::holds_alternative<HeartbeatRequest>(request) ||
         std::holds_alternative<ReportRequest>(request) ||
         std::holds_alternative<CompleteRequest>(request) ||
         std::holds_alternative<CancelAckRequest>(request) ||
         std::holds_alternative<CheckpointRequest>(request);
}

Credentials credentials(const Lease& lease) {
  return {lease.ref, lease.epoch, hash_token(lease.token)};
}

Response verdict_of(const Decided& decided) { return verdict_reply(decided.verdicts[0]); }

ReplyMaker about_lease(const Lease& lease) {
  return [id = lease.ref.attempt](const Decided& decided) { return lease_reply(decided, id); };
}

}  // namespace

Orchestrator::Orchestrator(OrchestratorPorts ports, const Settings& settings, Roles roles)
    : context_(ports, settings),
      roles_(roles),
      relay_(context_),
      committer_(context_, relay_),
      dispatcher_(context_, committer_),
      reconciler_(context_, dispatcher_),
      reaper_(context_, relay_),
      reader_(context_),
      runners_(context_),
      scheduler_(context_, committer_, relay_, reader_),
      observer_(context_,
                [this] {
                  if (roles_.schedule) scheduler_.watch();
                }),
      operators_(context_, committer_) {
  CHECK(problems(settings).empty());
}

void Orchestrator::start() {
  relay_.start(roles_.schedule);
  committer_.start();
  if (roles_.dispatch) dispatcher_.start();
  if (roles_.dispatch) reconciler_.start();
  if (roles_.reap) reaper_.start();
  reader_.start();
  observer_.start();
  operators_.start();
}

Health Orchestrator::health() const {
  const bool observed = context_.metrics.value(Metric::queue_depth).has_value();
  return {.database = context_.database.health(),
          .queue = context_.queue.health(),
          .roles = roles_,
          .stopping = context_.stop.requested(),
          .database_up = observed && !context_.database.is_down(),
          .queue_up = !context_.queue.is_down(),
          .stuck_loops = context_.pulse.stuck(context_.now())};
}

void Orchestrator::stop() {
  context_.stop.request();
  context_.ports.queue.stop_waiting();
  dispatcher_.wake();
  relay_.wake();
  reader_.wake();
  operators_.wake();
  committer_.drain();
}

Responder Orchestrator::counted(const Request& request, Responder respond) {
  return [this, visit = runners_.saw(request), respond = std::move(respond)](Response response) {
    context_.metrics.add({Metric::answers_total, response.status});
    if (visit) runners_.answered(*visit, response);
    respond(std::move(response));
  };
}

void Orchestrator::on(MetricsRequest, Responder respond) {
  Metrics& metrics = context_.metrics;
  const auto show = [&metrics](const DependencyHealth& health, Metric up, Metric breaker,
                               Metric latency) {
    metrics.set(up, health.breaker == BreakerState::closed ? 1 : 0);
    metrics.set(breaker, static_cast<std::int64_t>(health.breaker));
    if (health.latency) metrics.set(latency, *health.latency);
  };
  show(context_.database.health(), Metric::database_up, Metric::database_breaker,
       Metric::database_latency);
  show(context_.queue.health(), Metric::queue_up, Metric::queue_breaker, Metric::queue_latency);
  context_.metrics.set(Metric::scheduler_lag, relay_.lag());
  runners_.take_census();
  Response response;
  response.body = MetricsReply{context_.metrics.snapshot()};
  respond(std::move(response));
}

void Orchestrator::on(ListRunnersRequest, Responder respond) {
  Response response;
  response.body = runners_.list();
  respond(std::move(response));
}

void Orchestrator::handle(Request request, Responder respond) {
  // These are for those who look after it: they neither count nor stop with it.
  const bool is_look = std::holds_alternative<MetricsRequest>(request) ||
                       std::holds_alternative<ListRunnersRequest>(request);
  if (!is_look) respond = counted(request, std::move(respond));
  if (!is_look && context_.stop.requested()) {
    return respond(failure_reply(Status::unavailable, "the orchestrator is stopping"));
  }
  if (!is_look && !(is_from_runner(request) ? roles_.dispatch : roles_.api)) {
    return respond(failure_reply(Status::unavailable, "this orchestrator has not that role"));
  }
  std::visit([this, &respond](auto& body) { on(std::move(body), std::move(respond)); }, request);
}

void Orchestrator::on(SubmitRequest request, Responder respond) {
  const OperationKey key{request.operation, fingerprint(*request.spec)};
  submit(key, std::move(request.spec), std::move(respond));
}

void Orchestrator::on(RerunRequest request, Responder respond) {
  // The specification of a run never changes, so it may be read before the transaction.
  const OperationKey key{request.operation, mix64(mix_digest(request.run))};
  const auto specification = std::make_shared<SharedSpec>();
  const auto keep = [specification](Found found) {
    if (!found.run) return verdict_reply(Reason::not_found);
    *specification = found.run->spec;
    return Response{};
  };
  reader_.ask(FindRun{request.run}, keep,
              [this, key, specification, respond = std::move(respond)](Response response) mutable {
                if (*specification == nullptr) return respond(std::move(response));
                submit(key, *specification, std::move(respond));
              });
}

void Orchestrator::submit(OperationKey key, SharedSpec spec, Responder respond) {
  if (!context_.policy.admits_submission()) {
    return respond(failure_reply(Status::unavailable,
                                 "more submissions than an operator allows; try again later"));
  }
  const RunId run = random_id<RunId>(context_.ports.runtime.random);
  Work work;
  work.operation = key;
  work.messages.push_back({Submit{run, std::move(spec)}, {ActorKind::client, 0}, context_.nonce()});
  work.reply = [run](const Decided& decided) { return submit_reply(decided, run); };
  work.respond = std::move(respond);
  committer_.submit(std::move(work));
}

void Orchestrator::on(CancelRequest request, Responder respond) {
  Work work;
  work.operation = OperationKey{request.operation, mix_digest(request.run)};
  work.messages.push_back({Cancel{request.run}, {ActorKind::client, 0}, context_.nonce()});
  work.reply = [run = request.run](const Decided& decided) {
    Response response = verdict_reply(decided.verdicts[0]);
    if (const Run* row = decided.rows.run(run)) response.body = CancelReply{row->state};
    return response;
  };
  work.respond = std::move(respond);
  committer_.submit(std::move(work));
}

void Orchestrator::on(GetRunRequest request, Responder respond) {
  const auto view = [](Found found) {
    if (!found.run) return verdict_reply(Reason::not_found);
    Response response;
    response.body = std::move(*found.run);
    return response;
  };
  reader_.ask(FindRun{request.run, request.attempt}, view, std::move(respond));
}

void Orchestrator::on(ListRunsRequest request, Responder respond) {
  const auto list = [](Found found) {
    Response response;
    response.body = ListRunsReply{std::move(found.runs)};
    return response;
  };
  const std::uint32_t limit = std::min(request.limit, kMostListed);
  reader_.ask(FindRuns{request.state, request.after, limit}, list, std::move(respond));
}

void Orchestrator::on(ListArtifactsRequest request, Responder respond) {
  const auto list = [](Found found) {
    Response response;
    response.body = ListArtifactsReply{std::move(found.artifacts)};
    return response;
  };
  reader_.ask(FindArtifacts{request.run}, list, std::move(respond));
}

void Orchestrator::on(AcquireRequest request, Responder respond) {
  dispatcher_.wait_for_work(std::move(request), std::move(respond));
}

void Orchestrator::on(AdminRequest request, Responder respond) {
  operators_.handle(std::move(request), std::move(respond));
}

void Orchestrator::commit_runner_message(Message message, ReplyMaker reply, Responder respond) {
  Work work;
  work.messages.push_back({std::move(message), {ActorKind::runner, 0}, context_.nonce()});
  work.reply = std::move(reply);
  work.respond = std::move(respond);
  committer_.submit(std::move(work));
}

void Orchestrator::on(StartRequest request, Responder respond) {
  commit_runner_message(Start{credentials(request.lease)}, about_lease(request.lease),
                        std::move(respond));
}

void Orchestrator::on(ReportRequest request, Responder respond) {
  commit_runner_message(Report{credentials(request.lease), request.phase},
                        about_lease(request.lease), std::move(respond));
}

void Orchestrator::on(CompleteRequest request, Responder respond) {
  commit_runner_message(Complete{credentials(request.lease), request.succeeded, request.failure,
                                 std::move(request.artifacts)},
                        verdict_of, std::move(respond));
}

void Orchestrator::on(CancelAckRequest request, Responder respond) {
  commit_runner_message(CancelAck{credentials(request.lease)}, verdict_of, std::move(respond));
}

void Orchestrator::on(CheckpointRequest request, Responder respond) {
  commit_runner_message(SaveCheckpoint{credentials(request.lease), std::move(request.checkpoint)},
                        verdict_of, std::move(respond));
}

void Orchestrator::on(HeartbeatRequest request, Responder respond) {
  Work work;
  std::vector<AttemptId> attempts;
  for (const Lease& lease : request.leases) {
    attempts.push_back(lease.ref.attempt);
    work.messages.push_back(
        {Heartbeat{credentials(lease)}, {ActorKind::runner, request.runner.lo}, context_.nonce()});
  }
  work.reply = [attempts = std::move(attempts)](const Decided& decided) {
    return heartbeat_reply(decided, attempts);
  };
  work.respond = std::move(respond);
  committer_.submit(std::move(work));
}

}  // namespace delta
