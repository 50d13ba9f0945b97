#include "harness/engine/canary.h"

#include "harness/engine/workload.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

/// Between two looks at a run that has not finished.
constexpr delta::Duration kPoll = 500ms;
constexpr delta::Duration kSlack = 100ms;

delta::SharedSpec canary_run(delta::Duration duration) {
  delta::RunSpec run;
  run.name = "canary";
  delta::JobSpec job;
  job.name = "canary";
  job.command = work_command(duration, 0, 1);
  run.jobs.push_back(std::move(job));
  auto prepared = prepare(std::move(run));
  CHECK(prepared.has_value());
  return std::move(*prepared);
}

}  // namespace

Canary::Canary(DrillContext& context)
    : context_(context),
      spec_(canary_run(context.scenario.steady_state.canary.job_duration)),
      client_(context.runtime, context.client_transport, context.scenario.settings) {}

void Canary::start() {
  context_.clients.spawn("canary", [this] { send_loop(); });
}

void Canary::send_loop() {
  const delta::Duration interval = context_.scenario.steady_state.canary.interval;
  do {
    context_.clients.spawn("canary", [this] { send_one(); });
  } while (context_.load_stop.sleep_until(context_.now() + interval));
}

void Canary::send_one() {
  CanarySample sample;
  sample.sent = context_.since_zero();
  const delta::Duration limit = context_.scenario.steady_state.canary.limit;
  sample.ok = succeeds(context_.now() + limit);
  sample.ended = context_.since_zero();
  samples_.push_back(sample);
  context_.note([&sample] {
    const delta::Duration took = sample.ended - sample.sent;
    return TraceEvent{
        .kind = TraceKind::canary,
        .what = sample.ok ? "ok" : "fail",
        .value = took.count(),
        .text = (sample.ok ? "good in " : "failed after ") + delta::format_seconds(took)};
  });
}

bool Canary::succeeds(delta::MonoTime deadline) {
  const delta::Duration timeout = context_.scenario.settings.request_timeout;
  delta::RunId run;
  const auto outcome = context_.witness.submit(client_, spec_, timeout, deadline, run);
  if (outcome != Witness::Outcome::acknowledged) return false;
  const auto view = wait_for(run, deadline);
  return view && view->state == delta::RunState::succeeded && artifact_is_readable(*view) &&
         context_.now() <= deadline;
}

std::optional<delta::RunView> Canary::wait_for(delta::RunId run, delta::MonoTime deadline) {
  context_.runtime.clock.sleep_until(context_.now() +
                                     context_.scenario.steady_state.canary.job_duration + kSlack);
  while (context_.now() < deadline) {
    const auto answer = client_.call(delta::GetRunRequest{run}, deadline - context_.now());
    const auto* view = answer ? std::get_if<delta::RunView>(&answer->body) : nullptr;
    if (view != nullptr && is_terminal(view->state)) return *view;
    context_.runtime.clock.sleep_until(context_.now() + kPoll);
  }
  return std::nullopt;
}

bool Canary::artifact_is_readable(const delta::RunView& view) {
  const delta::JobView& job = view.jobs.at(0);
  const std::string path = delta::artifact_path({view.id, 0, job.current}, job.lease, "artifact-0");
  const auto stored = context_.cluster.artifacts().get(path);
  return stored && stored->has_value();
}

}  // namespace aftershock
