#include "harness/worlds/programs.h"

namespace aftershock {

OrchestratorProgram::OrchestratorProgram(sim::World& world, sim::ProcessRuntime& runtime,
                                         sim::HostId host, sim::ApiEndpoint& endpoint,
                                         const delta::Settings& settings)
    : runtime_(runtime),
      database_(world.kernel, world.network, runtime.process(), host, world.database,
                {.connect_timeout = settings.database_timeout,
                 .user_timeout = settings.database_timeout}),
      queue_(world.kernel, world.network, runtime.process(), host, world.queue,
             settings.request_timeout),
      orchestrator_({runtime.ports(), database_, queue_, calendar_}, settings) {
  orchestrator_.start();
  endpoint.listen(runtime.process(), [this](delta::Request request, delta::Responder respond) {
    orchestrator_.handle(std::move(request), std::move(respond));
  });
}

RunnerProgram::RunnerProgram(sim::World& world, sim::ProcessRuntime& runtime, sim::HostId host,
                             const ObservedTransport::Observer& on_answer,
                             sim::SimExecutor::Ended on_command_end,
                             const delta::Settings& settings, std::uint32_t slots)
    : plain_transport_(world.network, runtime.process(), host, world.endpoint_list),
      transport_(plain_transport_, on_answer),
      artifacts_({world.kernel, world.network, runtime.process(), host, world.artifacts.host()},
                 world.artifacts, settings.request_timeout),
      secrets_({world.kernel, world.network, runtime.process(), host, world.secrets.host()},
               world.secrets, settings.request_timeout),
      executor_(world.kernel, runtime, std::move(on_command_end)),
      runner_({runtime.ports(), transport_, executor_, artifacts_, secrets_}, settings, slots) {
  runner_.start();
}

}  // namespace aftershock
