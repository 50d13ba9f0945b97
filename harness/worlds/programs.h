// Delta CI's two programs as they run in a simulated process: the adapters of the simulated world
// around the same code that runs live.
#pragma once

#include "harness/worlds/observed_transport.h"
#include "orchestrator/orchestrator.h"
#include "platform/calendar/zoned_calendar.h"
#include "runner/runner.h"
#include "simulator/world/database_client.h"
#include "simulator/world/queue_client.h"
#include "simulator/world/sim_executor.h"
#include "simulator/world/world.h"

namespace aftershock {

class OrchestratorProgram final : public sim::Program {
 public:
  OrchestratorProgram(sim::World& world, sim::ProcessRuntime& runtime, sim::HostId host,
                      sim::ApiEndpoint& endpoint, const delta::Settings& settings,
                      delta::Roles roles);

  void stop() override { orchestrator_.stop(); }
  bool stopped() const override { return runtime_.running_tasks() == 0; }

 private:
  sim::ProcessRuntime& runtime_;
  sim::DatabaseClient database_;
  sim::QueueClient queue_;
  delta::ZonedCalendar calendar_;
  delta::Orchestrator orchestrator_;
};

/// It is there, or not: what it would do is the engine's scraper.
class MonitoringProgram final : public sim::Program {
 public:
  void stop() override {}
  bool stopped() const override { return true; }
};

class RunnerProgram final : public sim::Program {
 public:
  RunnerProgram(sim::World& world, sim::ProcessRuntime& runtime, sim::HostId host,
                const ObservedTransport::Observer& on_answer,
                sim::SimExecutor::Ended on_command_end, const delta::Settings& settings,
                std::uint32_t slots);

  void stop() override { runner_.stop(); }
  bool stopped() const override { return runner_.drained(); }
  delta::RunnerId id() const { return runner_.id(); }
  /// A command of that try runs here.
  bool works_on(delta::AttemptId attempt) const { return executor_.works_on(attempt); }

 private:
  sim::SimTransport plain_transport_;
  ObservedTransport transport_;
  sim::AddressedTransport addressed_;
  sim::ArtifactClient artifacts_;
  sim::SecretClient secrets_;
  sim::SimExecutor executor_;
  delta::Runner runner_;
};

}  // namespace aftershock
