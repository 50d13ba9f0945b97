// The simulated database, in the simulator.
#include "simulator/world/database_client.h"
#include "simulator/world/process_runtime.h"
#include "tests/conformance/database_conformance.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class ModelDatabaseWorld final : public DatabaseWorld {
 public:
  explicit ModelDatabaseWorld(Duration lock_timeout)
      : server_(kernel_, network_.add_host("database"),
                {.lock_timeout = lock_timeout, .idle_in_transaction_timeout = 2 * lock_timeout}) {}

  void run(const std::function<void()>& body) override {
    kernel_.run([&body] { body(); });
  }
  Runtime runtime() override { return runtime_.ports(); }
  Database& database() override { return client_; }
  StoredRows stored() override { return {server_.tables().rows(), server_.tables().audit()}; }
  /// Nothing takes so long as to be still under way, once somebody has slept.
  bool are_waiting(std::size_t /*calls*/) override { return true; }
  void break_connections() override {
    server_.drop_connections();
    kernel_.sleep_until(kernel_.now() + 10ms);
  }

  void hold_control() override {
    holder_ = server_.accept_outsider();
    server_.start_open(*holder_, lock_control(), [](auto) {});
  }
  void hold_run_too(RunId run) override {
    server_.start_open(*holder_, lock_run(run.lo, Scope::attempt_and_run), [](auto) {});
  }
  void let_go() override { server_.disconnect(*holder_); }
  /// Its log record is long on its way to the disk.
  void begin_insert() override {
    auto session = client_.connect();
    CHECK(session && (*session)->open({}));
    server_.disk().latency().add(kLongFlush, {});
    kernel_.spawn(kernel_.main_process(), "inserter", [held = std::move(*session)] {
      WriteSet writes = new_run(1);
      writes.jobs.clear();
      writes.attempts.clear();
      held->commit(writes);
    });
    kernel_.sleep_until(kernel_.now() + 10ms);
    server_.disk().latency().remove(kLongFlush, {});
  }
  void end_insert() override { kernel_.sleep_until(kernel_.now() + kLongFlush); }

 private:
  static constexpr Duration kLongFlush = 1s;

  Kernel kernel_{{.seed = 1}};
  Network network_{kernel_, {10us, 10us, 0}};
  HostId here_ = network_.add_host("here");
  DatabaseServer server_;
  ProcessRuntime runtime_{kernel_, kernel_.main_process(), network_.clock(here_)};
  DatabaseClient client_{kernel_, network_, kernel_.main_process(),
                         here_,   server_,  {.user_timeout = 1h}};
  std::optional<BackendId> holder_;
};

}  // namespace
}  // namespace aftershock::sim

namespace delta {
namespace {

INSTANTIATE_TEST_SUITE_P(Model, DatabaseConformance,
                         testing::Values(DatabaseMaker{
                             "model",
                             [](Duration lock_timeout) {
                               return std::make_unique<aftershock::sim::ModelDatabaseWorld>(
                                   lock_timeout);
                             }}),
                         name_of_database);

}  // namespace
}  // namespace delta
