#include "harness/engine/test_task.h"

#include <date/date.h>

#include <algorithm>
#include <chrono>

#include "harness/engine/workload.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kNewest = 500;

/// Of the database's clock, which begins with the drill, rounded up.
std::string date_text(Duration since_begin) {
  return date::format("%FT%T", date::sys_seconds(date::ceil<std::chrono::seconds>(since_begin)));
}

delta::SharedSchedule task_at(const std::string& name, Duration since_begin) {
  delta::RunSpec run;
  run.name = name;
  run.jobs.emplace_back();
  run.jobs.back().name = "noop";
  run.jobs.back().command = work_command(1ms, 0, 0);
  auto prepared = prepare(std::move(run));
  CHECK(prepared.has_value());
  delta::ScheduleSpec spec;
  spec.name = name;
  spec.run = std::move(*prepared);
  spec.timing = {.kind = delta::ScheduleKind::once, .expression = date_text(since_begin)};
  return std::make_shared<const delta::ScheduleSpec>(std::move(spec));
}

}  // namespace

StepResult TestTask::run(const StepSpec& step) {
  const delta::MonoTime begun = context_.now();
  const Duration since_begin = context_.since_zero() + context_.scenario.steady_state.warm_up;
  const std::string name = "test-task-" + step.id;
  delta::OrchestratorClient client(context_.runtime, context_.cluster.transport(),
                                   context_.scenario.settings);
  const delta::CreateScheduleRequest request{
      delta::random_id<delta::OperationId>(context_.runtime.random),
      task_at(name, since_begin + step.parameters.duration("ahead"))};
  const auto answer =
      client.call_until_settled(request, [this] { return !context_.watch_stop.requested(); });
  if (!answer || answer->status != delta::Status::ok) {
    return {false, "the test task was not accepted"};
  }
  if (!context_.watch_stop.sleep_until(begun + step.parameters.duration("look_after"))) {
    return {false, "the drill ended before the look"};
  }
  seen_ = look(client, name);
  return {true, seen_->detail};
}

StepResult TestTask::look(delta::OrchestratorClient& client, const std::string& name) {
  const auto answer = client.call(delta::ListRunsRequest{.limit = kNewest},
                                  context_.scenario.settings.request_timeout);
  const auto* list = answer ? std::get_if<delta::ListRunsReply>(&answer->body) : nullptr;
  if (list == nullptr) return {false, "the API did not list its runs"};
  const auto run = std::ranges::find(list->runs, name, &delta::RunSummary::name);
  if (run == list->runs.end()) return {false, "the test task has no run"};
  return {run->state == delta::RunState::succeeded,
          "the test task's run: " + std::string(name_of(run->state))};
}

}  // namespace aftershock
