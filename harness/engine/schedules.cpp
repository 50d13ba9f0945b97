#include "harness/engine/schedules.h"

#include "harness/engine/workload.h"

namespace aftershock {

void Schedules::start() {
  for (const ScheduleWorkload& each : context_.scenario.workload.schedules) {
    const auto spec = std::make_shared<const delta::ScheduleSpec>(
        each.spec(make_run(each.jobs, each.name, rng_)));
    context_.clients.spawn("schedule", [this, spec] { look_after(spec); });
  }
}

void Schedules::look_after(const delta::SharedSchedule& spec) {
  delta::OrchestratorClient client(context_.runtime, context_.cluster.transport(),
                                   context_.scenario.settings);
  const auto key = [this] { return delta::random_id<delta::OperationId>(context_.runtime.random); };
  ask(client, delta::CreateScheduleRequest{key(), spec});
  static_cast<void>(context_.load_stop.sleep_until(delta::kNoDeadline));
  ask(client, delta::ChangeScheduleRequest{key(), spec->name, delta::ScheduleState::paused});
}

void Schedules::ask(delta::OrchestratorClient& client, const delta::Request& request) {
  const delta::MonoTime give_up = context_.now() + kClientPatience;
  static_cast<void>(
      client.call_until_settled(request, [this, give_up] { return context_.now() < give_up; }));
}

}  // namespace aftershock
