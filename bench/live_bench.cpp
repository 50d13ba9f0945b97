// Full job lives a second on a real PostgreSQL and Redis: submit, dispatch, lease, start, run,
// upload, complete, each committed and audited. The orchestrator's own code over its real adapters,
// in this process; runners and clients are callbacks, so that what is measured is the server side.
//
// usage: live_bench [--lives N] [--committers N] [--batch N] [--orchestrators N] [--url CONNINFO]
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

#include "core/check.h"
#include "orchestrator/adapters/postgres_database.h"
#include "orchestrator/adapters/redis_queue.h"
#include "orchestrator/orchestrator.h"
#include "platform/calendar/zoned_calendar.h"
#include "platform/servers/postgres_server.h"
#include "platform/servers/redis_server.h"
#include "platform/threads.h"

namespace {

using namespace delta;

struct Options {
  std::uint32_t lives = 20'000;
  std::uint32_t committers = 4;
  std::uint32_t batch = 128;
  std::uint32_t orchestrators = 1;
  std::uint32_t outstanding = 1'000;  ///< submissions that wait for their answer
  std::uint32_t runners = 8;          ///< for each orchestrator
  std::uint32_t slots = 100;
  std::string url = {};  ///< empty: a server of its own
};

/// Everything that ends the run: the last life that is over.
class Countdown {
 public:
  explicit Countdown(std::uint32_t lives) : left_(lives) {}
  void one_less() {
    if (--left_ > 0) return;
    const std::lock_guard lock(mutex_);
    over_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    over_.wait(lock, [this] { return left_.load() == 0; });
  }

 private:
  std::atomic<std::uint32_t> left_;
  std::mutex mutex_;
  std::condition_variable over_;
};

SharedSpec one_job() {
  RunSpec spec;
  spec.name = "bench";
  JobSpec job;
  job.name = "job";
  job.command = "true";
  spec.jobs.push_back(job);
  return *prepare(spec);
}

/// Takes leases and leads each through its life, as fast as it is answered.
class VirtualRunner {
 public:
  VirtualRunner(Orchestrator& orchestrator, Random& random, std::uint32_t slots,
                Countdown& countdown)
      : orchestrator_(orchestrator),
        random_(random),
        slots_(slots),
        countdown_(countdown),
        id_(random_id<RunnerId>(random)) {}

  void acquire() {
    const auto token = random_id<Token>(random_);
    AcquireRequest request{random_id<OperationId>(random_), id_, token, slots_, 10s, {}};
    orchestrator_.handle(request, [this, token](const Response& response) {
      const auto* reply = std::get_if<AcquireReply>(&response.body);
      const std::size_t grants = reply == nullptr ? 0 : reply->grants.size();
      if (grants == 0) {
        if (response.status != Status::unavailable) acquire();
        return;
      }
      busy_ += grants;
      for (const Grant& grant : reply->grants) lead({grant.ref, grant.epoch, token});
    });
  }

 private:
  void lead(const Lease& lease) {
    step(StartRequest{lease}, [this, lease] {
      step(ReportRequest{lease, AttemptState::running}, [this, lease] {
        step(ReportRequest{lease, AttemptState::uploading}, [this, lease] {
          step(CompleteRequest{lease, true, FailureClass::user, {}}, [this] { end(); });
        });
      });
    });
  }
  template <class Next>
  void step(Request request, Next next) {
    orchestrator_.handle(std::move(request), [next](const Response& response) {
      CHECK(response.status == Status::ok);
      next();
    });
  }
  void end() {
    countdown_.one_less();
    if (--busy_ == 0) acquire();
  }

  Orchestrator& orchestrator_;
  Random& random_;
  const std::uint32_t slots_;
  Countdown& countdown_;
  const RunnerId id_;
  std::atomic<std::size_t> busy_ = 0;
};

/// Keeps a number of submissions under way until all are sent.
class Submitter {
 public:
  Submitter(Orchestrator& orchestrator, Random& random, std::atomic<std::int64_t>& left)
      : orchestrator_(orchestrator), random_(random), left_(left), spec_(one_job()) {}

  void next() {
    if (--left_ < 0) return;
    orchestrator_.handle(SubmitRequest{random_id<OperationId>(random_), spec_},
                         [this](const Response& response) {
                           CHECK(response.status == Status::ok);
                           next();
                         });
  }

 private:
  Orchestrator& orchestrator_;
  Random& random_;
  std::atomic<std::int64_t>& left_;
  SharedSpec spec_;
};

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i];
    const char* value = arguments[i + 1];
    const auto number = static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
    if (name == "--lives") options.lives = number;
    if (name == "--committers") options.committers = number;
    if (name == "--batch") options.batch = number;
    if (name == "--orchestrators") options.orchestrators = number;
    if (name == "--outstanding") options.outstanding = number;
    if (name == "--runners") options.runners = number;
    if (name == "--slots") options.slots = number;
    if (name == "--url") options.url = value;
  }
  return options;
}

void measure(const Options& options, const std::string& url) {
  const PostgresOptions access{.url = url};
  const auto migrated = migrate(access);
  CHECK(migrated.has_value());
  RedisServer redis;
  PostgresDatabase database(access);
  ThreadRuntime runtime;
  const ZonedCalendar calendar;
  Settings settings;
  settings.committers = options.committers;
  settings.batch_size = options.batch;
  settings.long_poll = 10s;
  std::vector<std::unique_ptr<RedisQueue>> queues;
  std::vector<std::unique_ptr<Orchestrator>> orchestrators;
  Countdown countdown(options.lives);
  std::vector<std::unique_ptr<VirtualRunner>> runners;
  std::atomic<std::int64_t> left = options.lives;
  std::vector<std::unique_ptr<Submitter>> submitters;
  for (std::uint32_t i = 0; i < options.orchestrators; ++i) {
    queues.push_back(std::make_unique<RedisQueue>(
        RedisQueueOptions{.port = redis.port(), .consumer = "bench-" + std::to_string(i)}));
    orchestrators.push_back(std::make_unique<Orchestrator>(
        OrchestratorPorts{runtime.ports(), database, *queues.back(), calendar}, settings));
    Orchestrator& orchestrator = *orchestrators.back();
    orchestrator.start();
    submitters.push_back(std::make_unique<Submitter>(orchestrator, runtime.random, left));
    for (std::uint32_t r = 0; r < options.runners; ++r) {
      runners.push_back(
          std::make_unique<VirtualRunner>(orchestrator, runtime.random, options.slots, countdown));
    }
  }
  const MonoTime begun = runtime.clock.now();
  for (const auto& runner : runners) runner->acquire();
  for (const auto& submitter : submitters) {
    for (std::uint32_t i = 0; i < options.outstanding / options.orchestrators; ++i) {
      submitter->next();
    }
  }
  countdown.wait();
  const auto taken =
      std::chrono::duration_cast<std::chrono::milliseconds>(runtime.clock.now() - begun);
  std::printf(
      "%u lives in %lld ms: %lld lives/s\n", options.lives, static_cast<long long>(taken.count()),
      static_cast<long long>(1000LL * options.lives / std::max<long long>(taken.count(), 1)));
  for (const auto& orchestrator : orchestrators) orchestrator->stop();
  runtime.tasks.wait_until_idle(kNoDeadline);
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  if (!options.url.empty()) {
    measure(options, options.url);
    return 0;
  }
  PostgresServer server({.settings = {{"max_connections", "100"}, {"shared_buffers", "256MB"}}});
  measure(options, server.connection_string(server.new_database()));
  return 0;
}
