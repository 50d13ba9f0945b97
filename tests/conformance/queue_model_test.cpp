// The simulated queue, in the simulator.
#include "simulator/world/process_runtime.h"
#include "simulator/world/queue_client.h"
#include "tests/conformance/queue_conformance.h"

namespace aftershock::sim {
namespace {

class ModelQueueWorld final : public delta::QueueWorld {
 public:
  void run(const std::function<void()>& body) override {
    kernel_.run([&body] { body(); });
  }
  delta::Runtime runtime() override { return runtime_.ports(); }
  delta::Queue& client(std::size_t /*number*/) override { return client_; }
  void add_unreadable() override { cluster_.primary().poison(2); }  // of which every other one is

 private:
  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {std::chrono::milliseconds(1), std::chrono::milliseconds(1), 0}};
  HostId here_ = network_.add_host("here");
  QueueCluster cluster_{kernel_, network_, {network_.add_host("queue")}, {}, {}};
  ProcessRuntime runtime_{kernel_, kernel_.main_process(), network_.clock(here_)};
  /// The model does not tell consumers apart.
  QueueClient client_{kernel_, network_, kernel_.main_process(),
                      here_,   cluster_, std::chrono::seconds(5)};
};

}  // namespace
}  // namespace aftershock::sim

namespace delta {
namespace {

INSTANTIATE_TEST_SUITE_P(Model, QueueConformance,
                         testing::Values(QueueMaker{
                             "model",
                             [] { return std::make_unique<aftershock::sim::ModelQueueWorld>(); }}),
                         name_of_maker);

}  // namespace
}  // namespace delta
