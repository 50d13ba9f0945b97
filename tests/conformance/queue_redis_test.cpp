// The queue on a real Redis: one server for all tests of a program, emptied for each.
#include <array>

#include "orchestrator/adapters/redis_queue.h"
#include "platform/threads.h"
#include "tests/conformance/queue_conformance.h"
#include "tests/live/redis_by_hand.h"

namespace delta {
namespace {

const RedisServer& shared_server() {
  static const RedisServer server;
  return server;
}

class RedisQueueWorld final : public QueueWorld {
 public:
  RedisQueueWorld() { by_hand_({"FLUSHALL"}); }

  void run(const std::function<void()>& body) override { body(); }
  Runtime runtime() override { return runtime_.ports(); }
  Queue& client(std::size_t number) override { return *clients_.at(number); }
  void add_unreadable() override {
    by_hand_({"XADD", RedisQueueOptions{}.stream, "*", "something", "else"});
  }

 private:
  std::unique_ptr<RedisQueue> make_client(int number) {
    return std::make_unique<RedisQueue>(RedisQueueOptions{
        .port = shared_server().port(),
        .consumer = "client-" + std::to_string(number),
        .command_timeout = 60s,
    });
  }

  RedisByHand by_hand_{shared_server()};
  std::array<std::unique_ptr<RedisQueue>, 4> clients_ = {make_client(0), make_client(1),
                                                         make_client(2), make_client(3)};
  ThreadRuntime runtime_;
};

INSTANTIATE_TEST_SUITE_P(Redis, QueueConformance,
                         testing::Values(QueueMaker{
                             "redis", [] { return std::make_unique<RedisQueueWorld>(); }}),
                         name_of_maker);

}  // namespace
}  // namespace delta
