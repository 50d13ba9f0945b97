#include "harness/engine/workload.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

std::vector<std::vector<std::uint32_t>> needs_of(JobShape shape) {
  switch (shape) {
    case JobShape::kSingle: return {{}};
    case JobShape::kChain: return {{}, {0}, {1}};
    case JobShape::kDiamond: return {{}, {0}, {0}, {1, 2}};
  }
  CHECK(false);
  return {};
}

}  // namespace

std::string work_command(delta::Duration duration, int exit_code, std::uint32_t artifacts) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return "delta-work --ms " + std::to_string(ms) + " --exit " + std::to_string(exit_code) +
         " --artifacts " + std::to_string(artifacts);
}

std::vector<delta::JobStep> work_steps(std::uint32_t count, delta::Duration duration, int exit_code,
                                       std::uint32_t artifacts) {
  std::vector<delta::JobStep> steps;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool last = i + 1 == count;
    steps.push_back({"step-" + std::to_string(i),
                     work_command(duration / count, last ? exit_code : 0, last ? artifacts : 0) +
                         " --state " + std::to_string(i)});
  }
  return steps;
}

delta::SharedSpec make_run(const JobSpec& jobs, std::string name, delta::Rng& draw) {
  delta::RunSpec run;
  run.name = std::move(name);
  for (auto& needs : needs_of(jobs.shape)) {
    const delta::Duration duration = draw.between(jobs.duration.min, jobs.duration.max);
    const bool fails = draw.chance_ppm(jobs.failure_ppm);
    delta::JobSpec job;
    job.name = "job-" + std::to_string(run.jobs.size());
    const int exit_code = fails ? 1 : 0;
    const std::uint32_t artifacts = jobs.artifacts;
    if (jobs.steps == 0) job.command = work_command(duration, exit_code, artifacts);
    job.steps = work_steps(jobs.steps, duration, exit_code, artifacts);
    job.needs = std::move(needs);
    job.secrets = jobs.secret_names();
    std::string& last = job.steps.empty() ? job.command : job.steps.back().command;
    for (const std::string& secret : job.secrets) last += " --echo-secret " + secret;
    run.jobs.push_back(std::move(job));
  }
  auto prepared = prepare(std::move(run));
  CHECK(prepared.has_value());
  return std::move(*prepared);
}

Workload::Workload(DrillContext& context, delta::Rng rng)
    : context_(context),
      rng_(rng),
      client_(context.runtime, context.client_transport, context.scenario.settings) {}

void Workload::start() {
  context_.clients.spawn("workload", [this] { submit_loop(); });
}

void Workload::submit_loop() {
  const WorkloadSpec& workload = context_.scenario.workload;
  const delta::MonoTime begin = context_.now();
  for (std::uint64_t number = 1; context_.load_stop.sleep_until(
           begin + static_cast<std::int64_t>(number) * workload.interval);
       ++number) {
    const delta::SharedSpec spec = make_run(workload.jobs, "load-" + std::to_string(number), rng_);
    const bool cancel = rng_.chance_ppm(workload.jobs.cancel_ppm);
    const delta::Duration cancel_after = rng_.between(0s, workload.jobs.duration.max);
    context_.clients.spawn(
        "submit", [this, spec, cancel, cancel_after] { submit_one(spec, cancel, cancel_after); });
  }
}

void Workload::submit_one(const delta::SharedSpec& spec, bool cancel,
                          delta::Duration cancel_after) {
  const delta::Duration timeout = context_.scenario.settings.request_timeout;
  delta::RunId run;
  const auto outcome =
      context_.witness.submit(client_, spec, timeout, context_.now() + kClientPatience, run);
  if (outcome != Witness::Outcome::acknowledged || !cancel) return;
  context_.runtime.clock.sleep_until(context_.now() + cancel_after);
  const delta::CancelRequest request{delta::random_id<delta::OperationId>(context_.runtime.random),
                                     run};
  const delta::MonoTime give_up = context_.now() + kClientPatience;
  static_cast<void>(
      client_.call_until_settled(request, [this, give_up] { return context_.now() < give_up; }));
}

}  // namespace aftershock
