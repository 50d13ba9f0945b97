// Sessions over the simulated network: what a client learns of commits, partitions and kills.
#include "tests/unit/database_fixture.h"

#include "simulator/world/database_client.h"

namespace aftershock::sim {
namespace {

using namespace delta;

class DatabaseClientTest : public testing::Test {
 protected:
  static constexpr Duration kSoon{20'000'000};

  Kernel kernel{{.seed = 7}};
  Network network{kernel, {}};
  HostId server_host = network.add_host("database");
  HostId client_host = network.add_host("client");
  DatabaseServer server{kernel, server_host, {}};

  void pass(Duration duration) { kernel.sleep_until(kernel.now() + duration); }
  DatabaseClient client_of(const Process& process) {
    return DatabaseClient(kernel, network, process, client_host, server, {});
  }
  DatabaseClient client() { return client_of(kernel.main_process()); }
  std::unique_ptr<Session> session() { return std::move(*client().connect()); }
  bool stored(std::uint64_t n) const { return server.tables().run(run_id(n)) != nullptr; }
  void store(std::uint64_t n) {
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    ASSERT_EQ(own->commit(new_run(n)).outcome, CommitOutcome::committed);
  }
  void cut_both_ways() {
    network.cut(client_host, server_host);
    network.cut(server_host, client_host);
  }
  void heal() {
    network.restore(client_host, server_host);
    network.restore(server_host, client_host);
  }
};

TEST_F(DatabaseClientTest, TransactionTakesARoundTripToOpenAndOneToCommit) {
  kernel.run([this] {
    const auto own = session();
    const SimTime start = kernel.now();
    const auto opened = own->open(insert_operation(1));
    ASSERT_TRUE(opened);
    EXPECT_GE(kernel.now() - start, Duration(500'000)) << "two packets and a statement";
    EXPECT_LE(kernel.now() - start, Duration(2'200'000));
    WriteSet writes = new_run(1);
    writes.operations.push_back({{operation_id(1), 0}, {}});
    writes.outbox.push_back({attempt_id(10), opened->now});
    EXPECT_EQ(own->commit(writes).outcome, CommitOutcome::committed);
    const auto found = own->find(FindOutbox{.age = 0s});
    ASSERT_TRUE(found);
    ASSERT_EQ(found->outbox.size(), 1u);
    EXPECT_TRUE(own->delete_outbox({found->outbox[0].serial, 99}));
    EXPECT_TRUE(server.tables().outbox().empty());
  });
}

TEST_F(DatabaseClientTest, RollbackFreesTheLocksBeforeItReturns) {
  kernel.run([this] {
    store(1);
    const auto own = session();
    ASSERT_TRUE(own->open(lock_run(1, Scope::run)));
    own->rollback();
    const auto opened = session()->open(lock_run(1, Scope::run, OnLocked::skip));
    EXPECT_EQ(opened->rows.runs.size(), 1u);
    EXPECT_TRUE(own->open(lock_run(1, Scope::attempt_and_run)));
  });
}

TEST_F(DatabaseClientTest, DestroyingASessionRollsItsTransactionBack) {
  kernel.run([this] {
    store(1);
    auto own = session();
    ASSERT_TRUE(own->open(lock_run(1, Scope::run)));
    own.reset();
    pass(kSoon);
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_EQ(session()->open(lock_run(1, Scope::run, OnLocked::skip))->rows.runs.size(), 1u);
  });
}

TEST_F(DatabaseClientTest, RefusedConnectionIsKnownAtOnce) {
  kernel.run([this] {
    server.set_outage(true);
    const SimTime start = kernel.now();
    const auto refused = client().connect();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, DbFailure::unavailable);
    EXPECT_LE(kernel.now() - start, Duration(2'000'000));
  });
}

TEST_F(DatabaseClientTest, ConnectingThroughAPartitionTimesOut) {
  kernel.run([this] {
    cut_both_ways();
    const SimTime start = kernel.now();
    EXPECT_FALSE(client().connect());
    EXPECT_EQ(kernel.now() - start, 5s);
  });
}

TEST_F(DatabaseClientTest, ConnectionAcceptedAfterTheClientGaveUpIsClosed) {
  kernel.run([this] {
    network.impair(client_host, {.latency = 4s, .jitter = 0s});
    EXPECT_FALSE(client().connect());
    pass(4s);
    EXPECT_EQ(server.connections(), 1u);
    pass(9s);
    EXPECT_EQ(server.connections(), 0u);
  });
}

TEST_F(DatabaseClientTest, CommitThatNeverArrivedIsUnknownAndDidNotHappen) {
  kernel.run([this] {
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    cut_both_ways();
    const SimTime start = kernel.now();
    EXPECT_EQ(own->commit(new_run(1)).outcome, CommitOutcome::unknown);
    EXPECT_EQ(kernel.now() - start, 5s);
    heal();
    pass(20s);
    EXPECT_FALSE(stored(1));
    EXPECT_EQ(own->open({}).error().kind, DbFailure::unavailable) << "the session is dead";
  });
}

TEST_F(DatabaseClientTest, CommitWhoseAnswerWasLostIsUnknownAndHappened) {
  kernel.run([this] {
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    network.cut(server_host, client_host);
    EXPECT_EQ(own->commit(new_run(1)).outcome, CommitOutcome::unknown);
    EXPECT_TRUE(stored(1));
  });
}

TEST_F(DatabaseClientTest, OpenThroughAPartitionIsUnavailableAndItsLocksGoWithTheIdleTimeout) {
  kernel.run([this] {
    store(1);
    const auto own = session();
    network.cut(server_host, client_host);
    EXPECT_EQ(own->open(lock_run(1, Scope::run)).error().kind, DbFailure::unavailable);
    pass(6s);
    EXPECT_EQ(server.counters().idle_timeouts, 1u);
    network.restore(server_host, client_host);
    EXPECT_EQ(session()->open(lock_run(1, Scope::run, OnLocked::skip))->rows.runs.size(), 1u);
  });
}

TEST_F(DatabaseClientTest, WaitForALockOutlastsTheUserTimeoutAndEndsInAConflict) {
  kernel.run([this] {
    store(1);
    const auto holder = session();
    ASSERT_TRUE(holder->open(lock_run(1, Scope::run)));
    const auto waiter = session();
    const auto opened = waiter->open(lock_run(1, Scope::run));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, DbFailure::conflict);
    EXPECT_TRUE(waiter->open({}));
  });
}

TEST_F(DatabaseClientTest, CrashWhileACommitIsFlushedLeavesItUnknownAndUndone) {
  kernel.run([this] {
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    network.impair(server_host, {.latency = 1s, .jitter = 0s});
    // Arrives after 1 s and at most 1 ms, is flushed 400 us after that or later.
    kernel.at(kernel.now() + 1s + Duration(1'000'000) + Duration(100'000),
              [this] { server.crash(1s); });
    const SimTime start = kernel.now();
    EXPECT_EQ(own->commit(new_run(1)).outcome, CommitOutcome::unknown);
    EXPECT_LE(kernel.now() - start, 3s) << "a reset tells it, not the timeout";
    pass(2s);
    EXPECT_EQ(server.counters().rolled_back, 1u);
    EXPECT_FALSE(stored(1));
  });
}

TEST_F(DatabaseClientTest, CommitAfterAResetThatIsKnownDidNotHappen) {
  kernel.run([this] {
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    server.drop_connections();
    pass(kSoon);
    const SimTime start = kernel.now();
    const CommitResult result = own->commit(new_run(1));
    EXPECT_EQ(result.outcome, CommitOutcome::not_committed);
    EXPECT_EQ(result.error.kind, DbFailure::unavailable);
    EXPECT_EQ(kernel.now(), start);
    EXPECT_FALSE(stored(1));
  });
}

TEST_F(DatabaseClientTest, CommitSentBeforeAResetIsKnownIsUnknown) {
  kernel.run([this] {
    const auto own = session();
    ASSERT_TRUE(own->open({}));
    server.drop_connections();
    EXPECT_EQ(own->commit(new_run(1)).outcome, CommitOutcome::unknown);
    EXPECT_FALSE(stored(1));
  });
}

TEST_F(DatabaseClientTest, InDoubtCommitIsUnknownSoonWhetherItHappenedOrNot) {
  kernel.run([this] {
    server.set_in_doubt(true);
    for (std::uint64_t n = 1; n <= 12; ++n) {
      const auto own = session();
      ASSERT_TRUE(own->open({}));
      const SimTime start = kernel.now();
      EXPECT_EQ(own->commit(new_run(n)).outcome, CommitOutcome::unknown);
      EXPECT_LE(kernel.now() - start, Duration(5'000'000));
    }
    EXPECT_GT(server.counters().in_doubt_committed, 0u);
    EXPECT_GT(server.counters().in_doubt_dropped, 0u);
    EXPECT_EQ(server.tables().runs().size(), server.counters().in_doubt_committed);
  });
}

TEST_F(DatabaseClientTest, KilledClientFreesItsLocksAndItsDestructorsDoNothing) {
  kernel.run([this] {
    store(1);
    Process& victim = kernel.create_process("victim");
    struct Saboteur {
      Session* session = nullptr;
      ~Saboteur() {
        if (session == nullptr) return;
        EXPECT_FALSE(session->open({}));
        EXPECT_NE(session->commit(new_run(5)).outcome, CommitOutcome::committed);
        session->rollback();
      }
    };
    kernel.spawn(victim, "main", [&] {
      const auto own = std::move(*client_of(victim).connect());
      EXPECT_TRUE(own->open(lock_run(1, Scope::run)));
      Saboteur saboteur{own.get()};
      pass(3600s);
    });
    pass(kSoon);
    const SimTime start = kernel.now();
    kernel.kill(victim);
    EXPECT_EQ(kernel.now(), start);
    pass(kSoon);
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_EQ(session()->open(lock_run(1, Scope::run, OnLocked::skip))->rows.runs.size(), 1u);
    EXPECT_FALSE(stored(5));
    EXPECT_FALSE(client_of(victim).connect());
  });
}

TEST_F(DatabaseClientTest, ClientKilledInTheMiddleOfACallLeavesNothingBehind) {
  kernel.run([this] {
    store(1);
    // Wherever a kill falls between connecting and the commit's answer.
    for (int step = 0; step < 60; ++step) {
      Process& victim = kernel.create_process("victim");
      const std::uint64_t run = 100 + static_cast<std::uint64_t>(step);
      kernel.spawn(victim, "main", [this, &victim, run] {
        const auto own = client_of(victim).connect();
        EXPECT_TRUE((*own)->open(lock_run(1, Scope::run)));
        (*own)->commit(new_run(run));
      });
      pass(Duration(100'000) * step);
      kernel.kill(victim);
      pass(kSoon);
      EXPECT_EQ(server.connections(), 0u);
      EXPECT_EQ(session()->open(lock_run(1, Scope::run, OnLocked::skip))->rows.runs.size(), 1u);
      pass(kSoon);
    }
    EXPECT_FALSE(stored(100)) << "killed before it connected";
    EXPECT_TRUE(stored(159)) << "killed after its commit";
  });
}

TEST_F(DatabaseClientTest, KilledClientBehindAPartitionIsFoundByTheIdleTimeout) {
  kernel.run([this] {
    store(1);
    Process& victim = kernel.create_process("victim");
    kernel.spawn(victim, "main", [&] {
      const auto own = std::move(*client_of(victim).connect());
      EXPECT_TRUE(own->open(lock_run(1, Scope::run)));
      pass(3600s);
    });
    pass(kSoon);
    cut_both_ways();
    kernel.kill(victim);
    pass(9s);
    EXPECT_EQ(server.connections(), 1u);
    pass(2s);
    EXPECT_EQ(server.connections(), 0u);
  });
}

TEST_F(DatabaseClientTest, PausedClientLosesItsTransactionButNotItsLife) {
  kernel.run([this] {
    store(1);
    Process& paused = kernel.create_process("paused");
    std::optional<CommitOutcome> outcome;
    kernel.spawn(paused, "main", [&] {
      const auto own = std::move(*client_of(paused).connect());
      EXPECT_TRUE(own->open(lock_run(1, Scope::run)));
      pass(Duration(50'000'000));
      outcome = own->commit(new_run(2)).outcome;
    });
    pass(Duration(30'000'000));
    kernel.pause(paused);
    pass(12s);
    EXPECT_EQ(session()->open(lock_run(1, Scope::run, OnLocked::skip))->rows.runs.size(), 1u);
    kernel.resume(paused);
    pass(kSoon);
    EXPECT_EQ(outcome, CommitOutcome::not_committed);
    EXPECT_FALSE(stored(2));
  });
}

}  // namespace
}  // namespace aftershock::sim
