// What the simulated executor tells of the commands that run.
#include "simulator/world/sim_executor.h"

#include <gtest/gtest.h>

#include "simulator/world/process_runtime.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;
using delta::AttemptId;
using delta::MonoTime;

TEST(SimExecutor, works_on_the_attempt_whose_command_runs_and_on_no_other_of_the_same_job) {
  Kernel kernel{{.seed = 1}};
  HostClock clock{kernel};
  ProcessRuntime runtime{kernel, kernel.main_process(), clock};
  SimExecutor executor(kernel, runtime, [](AttemptId, std::size_t) {});
  // One specification, as the runs of a schedule have it.
  delta::JobSpec job;
  job.command = "delta-work --ms 10000";
  const AttemptId first{1, 1};
  const AttemptId second{1, 2};
  kernel.run([&] {
    const auto place =
        executor.prepare({.job = job, .attempt = second, .output = [](std::string_view) {}});
    EXPECT_FALSE(executor.works_on(second)) << "nothing runs yet";
    const auto execution = place->start(0);
    EXPECT_TRUE(executor.works_on(second));
    EXPECT_FALSE(executor.works_on(first));
    EXPECT_TRUE(execution->wait_until(MonoTime(1h)));
    EXPECT_FALSE(executor.works_on(second)) << "its command has ended";
    const auto killed = place->start(0);
    EXPECT_TRUE(executor.works_on(second));
    killed->kill();
    EXPECT_FALSE(executor.works_on(second));
  });
}

}  // namespace
}  // namespace aftershock::sim
