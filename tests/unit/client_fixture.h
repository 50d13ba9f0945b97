// A run as the orchestrator shows it, for the client's tests.
#pragma once

#include "core/api.h"

namespace delta::client {

/// The first of 2026, UTC.
inline constexpr DbTime kNewYear = DbTime(std::chrono::seconds(1'767'225'600));

/// Three jobs: build succeeded, test runs for the second time, deploy waits.
inline RunView sample_run() {
  const auto job = [](std::string name, std::string command, std::vector<std::uint32_t> needs) {
    JobSpec spec;
    spec.name = std::move(name);
    spec.command = std::move(command);
    spec.needs = std::move(needs);
    return spec;
  };
  RunSpec spec;
  spec.name = "build and test";
  spec.jobs = {job("build", "make", {}), job("test", "make test", {0}),
               job("deploy", "make deploy", {0, 1})};
  RunView run;
  run.id = {0x0123456789abcdef, 1};
  run.state = RunState::running;
  run.submitted_at = kNewYear;
  run.spec = prepare(std::move(spec)).value();
  run.jobs = {{JobState::succeeded, AttemptState::succeeded, {1, 1}, 1},
              {JobState::open, AttemptState::running, {2, 2}, 2},
              {JobState::open, AttemptState::waiting, {3, 3}, 1}};
  return run;
}

}  // namespace delta::client
