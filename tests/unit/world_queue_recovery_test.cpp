// What the simulated queue still knows after a crash, and after an operator has restored it.
#include <algorithm>

#include "tests/unit/queue_fixture.h"

namespace aftershock::sim {
namespace {

using Numbers = std::vector<std::uint64_t>;

/// 1 and 2 are acknowledged, 3 is pending, 4 to 6 wait. At the last full minute 1 to 3 were pending
/// and 4 waited, at the last full half minute too; 6 came after the last full second.
class QueueCrashTest : public QueueTest {
 protected:
  using QueueTest::QueueTest;
  void fill() {
    wait(50s);
    publish(1, 4);
    const Entries taken = receive(3, 0s);
    wait(15s);
    publish(5, 5);
    ASSERT_TRUE(client_.acknowledge({taken.at(0).id, taken.at(1).id}));
    wait(1s);
    publish(6, 6);
  }
  void fill_and_crash(CrashKind kind) {
    fill();
    server_.crash(10s, kind);
    EXPECT_FALSE(client_.publish({attempt(9)}));
    wait(10s);
  }
  /// Everything that is there, pending entries included, as a set.
  Numbers everything() {
    Numbers all = drain();
    wait(31s);
    const Numbers pending = drain();
    all.insert(all.end(), pending.begin(), pending.end());
    std::ranges::sort(all);
    return all;
  }
  void expect(const Numbers& entries, std::uint64_t lost, std::uint64_t returned) {
    EXPECT_EQ(everything(), entries);
    EXPECT_EQ(server_.counters().lost, lost);
    EXPECT_EQ(server_.counters().returned, returned);
  }
};

struct QueueWithoutFiles : QueueCrashTest {};

struct QueueWithSnapshots : QueueCrashTest {
  QueueWithSnapshots() : QueueCrashTest({.persistence = Persistence::snapshot}) {}
};

template <Fsync fsync>
struct AppendOnlyQueue : QueueCrashTest {
  AppendOnlyQueue() : QueueCrashTest({.persistence = Persistence::append_only, .fsync = fsync}) {}
};
using QueueSyncedAlways = AppendOnlyQueue<Fsync::always>;
using QueueSyncedEverySecond = AppendOnlyQueue<Fsync::every_second>;
using QueueNeverSynced = AppendOnlyQueue<Fsync::never>;

TEST_F(QueueWithoutFiles, everything_is_gone) {
  run([this] {
    fill_and_crash(CrashKind::process);
    expect({}, 4, 0);
  });
}

TEST_F(QueueWithSnapshots, forget_what_came_later_and_bring_back_what_was_finished) {
  run([this] {
    fill_and_crash(CrashKind::process);
    expect({1, 2, 3, 4}, 2, 2);
  });
}

TEST_F(QueueWithSnapshots, know_as_much_after_a_power_failure) {
  run([this] {
    fill_and_crash(CrashKind::power);
    expect({1, 2, 3, 4}, 2, 2);
  });
}

TEST_F(QueueWithSnapshots, remember_who_had_taken_what_and_when) {
  run([this] {
    wait(57s);
    publish(1, 2);
    ASSERT_EQ(receive(1, 0s).size(), 1U);
    wait(4s);
    ASSERT_EQ(client_.receive(1, 0s, 1s)->size(), 1U) << "taken over, after the snapshot";
    wait(2s);
    server_.crash(1s, CrashKind::process);
    wait(2s);
    EXPECT_EQ(drain(), (Numbers{2})) << "1 is pending";
    wait(25s);
    EXPECT_EQ(drain(), (Numbers{1})) << "for as long as at the snapshot";
  });
}

TEST_F(QueueWithSnapshots, the_one_that_a_start_found_is_there_until_the_next) {
  run([this] {
    fill_and_crash(CrashKind::process);
    publish(7, 7);
    server_.crash(1s, CrashKind::process);
    wait(2s);
    expect({1, 2, 3, 4}, 3, 2);
  });
}

TEST_F(QueueWithSnapshots, entries_published_later_have_ids_that_were_never_given_out) {
  run([this] {
    wait(61s);
    publish(1, 1);
    const std::uint64_t before = receive(1, 0s).at(0).id;
    server_.crash(1s, CrashKind::process);
    wait(2s);
    publish(2, 2);
    EXPECT_GT(receive(1, 0s).at(0).id, before);
  });
}

TEST_F(QueueSyncedAlways, loses_nothing) {
  run([this] {
    fill_and_crash(CrashKind::power);
    expect({3, 4, 5, 6}, 0, 0);
  });
}

TEST_F(QueueSyncedEverySecond, loses_nothing_with_its_process) {
  run([this] {
    fill_and_crash(CrashKind::process);
    expect({3, 4, 5, 6}, 0, 0);
  });
}

TEST_F(QueueSyncedEverySecond, loses_less_than_a_second_with_its_host) {
  run([this] {
    fill_and_crash(CrashKind::power);
    expect({3, 4, 5}, 1, 0);
  });
}

TEST_F(QueueNeverSynced, loses_nothing_with_its_process) {
  run([this] {
    fill_and_crash(CrashKind::process);
    expect({3, 4, 5, 6}, 0, 0);
  });
}

TEST_F(QueueNeverSynced, loses_up_to_half_a_minute_with_its_host) {
  run([this] {
    fill_and_crash(CrashKind::power);
    expect({1, 2, 3, 4}, 2, 2);
  });
}

struct QueueWithBackups : QueueCrashTest {
  QueueWithBackups()
      : QueueCrashTest({.persistence = Persistence::append_only,
                        .backup_interval = 1min,
                        .restore_overhead = 10s}) {}

  /// Begins a restore; what became of it, when it has ended.
  std::shared_ptr<std::optional<QueueServer::Restored>> restore() {
    const auto outcome = std::make_shared<std::optional<QueueServer::Restored>>();
    server_.restore([outcome](QueueServer::Restored restored) { *outcome = std::move(restored); });
    return outcome;
  }
};

TEST_F(QueueWithBackups, damaged_files_stop_every_start_until_a_restore) {
  run([this] {
    fill();
    server_.corrupt();
    server_.crash(1s, CrashKind::process);
    wait(60s);
    EXPECT_FALSE(client_.publish({attempt(9)}));
    EXPECT_EQ(server_.counters().failed_starts, 1U);
    const auto outcome = restore();
    EXPECT_FALSE(*outcome);
    wait(10s);
    ASSERT_TRUE(*outcome && **outcome);
    EXPECT_EQ((**outcome)->taken_at, SimTime(1min));
    EXPECT_EQ((**outcome)->entries, 4U);
    EXPECT_EQ((**outcome)->aside, 4U);
    EXPECT_EQ(server_.aside().at(0).ids().size(), 4U) << "3 to 6 as they were";
    expect({1, 2, 3, 4}, 2, 2);
    publish(9, 9);
  });
}

TEST_F(QueueWithBackups, a_restore_of_a_queue_that_runs_goes_back_to_the_backup) {
  run([this] {
    fill();
    const auto outcome = restore();
    EXPECT_FALSE(client_.publish({attempt(9)})) << "it is stopped";
    const auto second = restore();
    ASSERT_TRUE(*second);
    EXPECT_FALSE(**second) << "one at a time";
    wait(10s);
    ASSERT_TRUE(*outcome && **outcome);
    expect({1, 2, 3, 4}, 2, 2);
  });
}

TEST_F(QueueWithBackups, none_is_taken_while_it_is_down) {
  run([this] {
    fill();
    server_.crash(2min, CrashKind::process);
    wait(2min + 1s);
    publish(7, 7);
    const auto outcome = restore();
    wait(10s);
    ASSERT_TRUE(*outcome && **outcome);
    EXPECT_EQ((**outcome)->taken_at, SimTime(1min));
  });
}

}  // namespace
}  // namespace aftershock::sim
