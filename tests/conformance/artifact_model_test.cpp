// The simulated artifact store does what the real ones do.
#include "simulator/world/artifact_server.h"
#include "simulator/world/process_runtime.h"
#include "tests/conformance/artifact_conformance.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

class SimulatedArtifacts {
 public:
  void run(std::function<void()> body) { kernel_.run(std::move(body)); }
  void at_once(std::vector<std::function<void()>> bodies) {
    for (auto& body : bodies) runtime_.spawn("test", std::move(body));
    while (runtime_.running_tasks() > 0) runtime_.sleep_until(runtime_.now() + 1ms);
  }
  delta::ArtifactStore& store() { return client_; }
  void damage(const std::string& path) {
    // The server has no way to change what it has; what is damaged on arrival is as damaged.
    const delta::Content content = server_.objects().at(path).content;
    server_.add_damage(1'000'000);
    ASSERT_TRUE(client_.put(path, content));
    server_.add_damage(-1'000'000);
  }
  delta::Content large(const std::string& bytes) { return delta::content_of(bytes); }

 private:
  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {1ms, 1ms, 0}};
  HostId here_ = network_.add_host("here");
  HostClock clock_{kernel_};
  ProcessRuntime runtime_{kernel_, kernel_.main_process(), clock_};
  ArtifactServer server_{kernel_, network_.add_host("artifacts")};
  ArtifactClient client_{
      {kernel_, network_, kernel_.main_process(), here_, server_.host()}, server_, 5s};
};

}  // namespace
}  // namespace aftershock::sim

namespace delta::test {

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, ArtifactConformance, aftershock::sim::SimulatedArtifacts);

}  // namespace delta::test
