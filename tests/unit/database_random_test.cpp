// Concurrent clients that increment rows under all faults at once: what is acknowledged is there,
// nothing is half there, and the same seed gives the same history.
#include <functional>
#include <map>

#include "simulator/world/database_client.h"
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

constexpr std::uint64_t kRuns = 4;
constexpr int kClients = 5;

/// Increments of one run, by what the client was told.
struct Tally {
  std::uint32_t acknowledged = 0;
  std::uint32_t unknown = 0;
};

struct World {
  explicit World(std::uint64_t seed)
      : kernel({.seed = seed}), network(kernel, {}), rng(kernel.stream("test")) {
    for (int i = 0; i < kClients; ++i) hosts.push_back(network.add_host("client"));
  }

  void pass(Duration duration) { kernel.sleep_until(kernel.now() + duration); }

  Kernel kernel;
  Network network;
  HostId server_host = network.add_host("database");
  DatabaseServer server{kernel, server_host, {.idle_in_transaction_timeout = 3s}};
  Rng rng;
  std::vector<HostId> hosts;
  std::map<std::uint64_t, Tally> tallies;
  std::uint64_t transactions = 0;
  bool stop = false;
};

/// The run's counter and, in the same transaction, its job's and its attempt's.
void increment(Rows& rows, RunId id, WriteSet& writes) {
  delta::Run run = *rows.run(id);
  ++run.required_failed;
  writes.runs.push_back(update(run));
  Job job = *rows.job(id, 0);
  ++job.failures;
  writes.jobs.push_back({job, false});
  const Attempt before = *rows.attempt(job.current);
  Attempt attempt = before;
  ++attempt.epoch;
  writes.attempts.push_back(update(before, attempt));
  AuditEvent event;
  event.run = id;
  writes.audit.push_back(event);
}

void transact(World& world, Session& session, Rng& rng) {
  OpenRequest request;
  std::vector<std::uint64_t> wanted{1 + rng.below(kRuns)};
  if (rng.chance_ppm(500'000)) wanted.push_back(1 + rng.below(kRuns));
  for (const std::uint64_t n : wanted) request.runs.push_back({run_id(n), Scope::run, 0});
  if (rng.chance_ppm(300'000)) request.on_locked = OnLocked::skip;
  request.operations.push_back({operation_id(rng.below(1'000'000)), 0});
  auto opened = session.open(request);
  if (!opened) return;
  if (rng.chance_ppm(100'000)) world.pass(rng.between(0s, 4s));
  if (rng.chance_ppm(100'000)) return session.rollback();
  WriteSet writes;
  if (opened->existing.empty()) writes.operations.push_back({request.operations[0], {}});
  std::vector<std::uint64_t> changed;
  for (const delta::Run& run : opened->rows.runs) {
    increment(opened->rows, run.id, writes);
    changed.push_back(run.id.lo);
  }
  // Counted as unknown before it is sent: a killed client never learns.
  for (const std::uint64_t n : changed) ++world.tallies[n].unknown;
  const CommitResult result = session.commit(writes);
  if (result.outcome == CommitOutcome::unknown) return;
  for (const std::uint64_t n : changed) {
    --world.tallies[n].unknown;
    if (result.outcome == CommitOutcome::committed) ++world.tallies[n].acknowledged;
  }
}

void run_client(World& world, const Process& process, std::size_t index, Rng rng) {
  DatabaseClient client(world.kernel, world.network, process, world.hosts[index], world.server, {});
  while (!world.stop) {
    auto session = client.connect();
    if (!session) {
      world.pass(rng.between(0s, 1s));
      continue;
    }
    const std::uint64_t uses = 1 + rng.below(30);
    for (std::uint64_t i = 0; i < uses && !world.stop; ++i) {
      ++world.transactions;
      transact(world, **session, rng);
    }
  }
}

void spawn_client(World& world, std::vector<Process*>& clients, std::size_t index) {
  Process& process = world.kernel.create_process("client");
  clients[index] = &process;
  world.kernel.spawn(process, "main", [&world, &process, index] {
    run_client(world, process, index, world.kernel.stream("client", process.id()));
  });
}

void inject(World& world, std::vector<Process*>& clients) {
  const std::size_t victim = world.rng.below(kClients);
  const HostId host = world.hosts[victim];
  const Duration length = world.rng.between(0s, 8s);
  switch (world.rng.below(6)) {
    case 0: world.server.crash(length); break;
    case 1:
      world.server.set_outage(true);
      world.pass(length);
      world.server.set_outage(false);
      break;
    case 2: world.server.drop_connections(); break;
    case 3:
      world.server.set_in_doubt(true);
      world.pass(length);
      world.server.set_in_doubt(false);
      break;
    case 4: {
      const bool outward = world.rng.chance_ppm(500'000);
      const HostId from = outward ? host : world.server_host;
      const HostId to = outward ? world.server_host : host;
      world.network.cut(from, to);
      world.pass(length);
      world.network.restore(from, to);
      break;
    }
    default: world.kernel.kill(*clients[victim]); spawn_client(world, clients, victim);
  }
}

void check(const World& world) {
  std::uint64_t total = 0;
  for (std::uint64_t n = 1; n <= kRuns; ++n) {
    const delta::Run& run = *world.server.tables().run(run_id(n));
    const Tally& tally = world.tallies.at(n);
    EXPECT_GE(run.required_failed, tally.acknowledged) << "an acknowledged increment is lost";
    EXPECT_LE(run.required_failed, tally.acknowledged + tally.unknown);
    EXPECT_EQ(world.server.tables().job(run.id, 0)->failures, run.required_failed);
    EXPECT_EQ(world.server.tables().attempt(attempt_id(n * 10))->epoch, run.required_failed);
    total += run.required_failed;
  }
  EXPECT_EQ(world.server.tables().audit().size(), total);
  EXPECT_EQ(world.server.counters().deadlocks, 0u) << "everyone locks in one order";
}

/// Returns the digest, and adds to `sum` what happened.
std::uint64_t simulate(std::uint64_t seed, DatabaseCounters& sum) {
  World world(seed);
  world.kernel.run([&world] {
    Peer setup(world.server, world.kernel.main_process());
    for (std::uint64_t n = 1; n <= kRuns; ++n) {
      setup.open({});
      world.pass(1s);
      setup.commit(new_run(n));
      world.pass(1s);
    }
    std::vector<Process*> clients(kClients);
    for (std::size_t i = 0; i < kClients; ++i) spawn_client(world, clients, i);
    for (int fault = 0; fault < 12; ++fault) {
      world.pass(world.rng.between(0s, 4s));
      inject(world, clients);
    }
    world.stop = true;
    world.pass(60s);
    check(world);
  });
  EXPECT_GT(world.transactions, 100u);
  const DatabaseCounters& counters = world.server.counters();
  sum.crashes += counters.crashes;
  sum.refused_connections += counters.refused_connections;
  sum.in_doubt_committed += counters.in_doubt_committed;
  sum.in_doubt_dropped += counters.in_doubt_dropped;
  sum.lock_waits += counters.lock_waits;
  sum.lock_timeouts += counters.lock_timeouts;
  sum.idle_timeouts += counters.idle_timeouts;
  sum.rolled_back += counters.rolled_back;
  return world.kernel.digest();
}

TEST(DatabaseRandom, AcknowledgedIncrementsSurviveAllFaultsAndNoneIsHalfDone) {
  DatabaseCounters sum;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    simulate(seed, sum);
    if (HasFailure()) break;
  }
  EXPECT_GT(sum.crashes, 0u);
  EXPECT_GT(sum.refused_connections, 0u);
  EXPECT_GT(sum.in_doubt_committed, 0u);
  EXPECT_GT(sum.in_doubt_dropped, 0u);
  EXPECT_GT(sum.lock_waits, 0u);
  EXPECT_GT(sum.lock_timeouts, 0u);
  EXPECT_GT(sum.idle_timeouts, 0u);
  EXPECT_GT(sum.rolled_back, 0u);
}

TEST(DatabaseRandom, SameSeedSameHistory) {
  DatabaseCounters first;
  DatabaseCounters second;
  EXPECT_EQ(simulate(3, first), simulate(3, second));
  EXPECT_EQ(first.lock_waits, second.lock_waits);
  EXPECT_NE(simulate(4, first), simulate(3, second));
}

}  // namespace
}  // namespace aftershock::sim
