// Random commits, deletions, edits, crashes, lies, damage and restores: after each, the tables are
// what an independent history holds at the recovery point.
#include <algorithm>
#include <map>
#include <set>

#include "simulator/world/database_outsider.h"
#include "tests/unit/database_fixture.h"

namespace aftershock::sim {
namespace {

using namespace delta;

/// What the tables should hold, in few words.
struct State {
  std::map<RunId, std::uint32_t> runs;   ///< required_failed
  std::map<AttemptId, DbTime> attempts;  ///< expires_at
  std::set<std::uint64_t> audit;         ///< serials
  std::set<AttemptId> outbox;
  std::uint64_t generation = 1;

  friend bool operator==(const State&, const State&) = default;
};

State state_of(const Tables& tables) {
  State state;
  for (const auto& [id, row] : tables.runs()) state.runs[id] = row.required_failed;
  for (const auto& [id, row] : tables.attempts()) state.attempts[id] = row.expires_at;
  for (const AuditEvent& event : tables.audit()) state.audit.insert(event.serial);
  for (const auto& [serial, row] : tables.outbox()) state.outbox.insert(row.attempt);
  state.generation = tables.control().generation;
  return state;
}

/// Kept from what the observers are told, and nothing else.
class History {
 public:
  explicit History(DatabaseServer& server) : server_(server) {
    server.on_commit([this](const CommitView& view) { add(view); });
    server.on_outside_write([this](const CommitView& view) { add(view); });
    server.on_rewind(
        [this](const Tables& tables, const RecoveryPoint& point) { rewind(tables, point); });
  }

  bool lying = false;
  bool restoring = false;
  std::uint64_t commits_lost = 0;

  void flip_next() { flips_next_ = true; }
  void deleted(AttemptId attempt) {
    State next = steps_.back();
    next.outbox.erase(attempt);
    push(std::move(next));
  }

  std::size_t end() const { return steps_.size() - 1; }
  bool has_wrong_bit() const { return !bad_.empty(); }
  /// Where a recovery must end.
  std::size_t expected_end(CrashKind kind) const {
    const std::size_t there = kind == CrashKind::power ? durable_ : end();
    return bad_.empty() ? there : std::min(there, *bad_.begin() - 1);
  }
  /// After a crash for which expected_end() said `expected`.
  void recovered(std::size_t expected, CrashKind kind) {
    EXPECT_EQ(end(), expected) << "the redo ended somewhere else";
    durable_ = kind == CrashKind::power ? end() : std::min(durable_, end());
    bad_.clear();
    check();
  }
  void check() const {
    EXPECT_TRUE(state_of(server_.tables()) == steps_.back())
        << "the tables are not what they were after record " << end();
  }

 private:
  void add(const CommitView& view) {
    State next = steps_.back();
    for (const RunWrite& write : view.writes.runs) {
      next.runs[write.row.id] = write.row.required_failed;
    }
    for (const AttemptWrite& write : view.writes.attempts) {
      next.attempts[write.row.id] = write.row.expires_at;
    }
    for (const AuditEvent& event : view.writes.audit) next.audit.insert(event.serial);
    for (const Dispatch& dispatch : view.writes.outbox) next.outbox.insert(dispatch.attempt);
    push(std::move(next));
  }

  void push(State next) {
    steps_.push_back(std::move(next));
    if (std::exchange(flips_next_, false)) bad_.insert(end());
    if (!lying) durable_ = end();
  }

  void rewind(const Tables& tables, const RecoveryPoint& point) {
    commits_lost += point.commits_lost;
    const std::size_t kept = point.lsn.record;
    ASSERT_LE(kept, end());
    steps_.resize(kept + 1);
    if (!restoring) return;
    State next = steps_.back();
    next.generation = ++last_generation_;
    ASSERT_FALSE(tables.audit().empty());
    const AuditEvent& raised = tables.audit().back();
    EXPECT_TRUE(std::holds_alternative<RaiseGeneration>(raised.what.message));
    EXPECT_TRUE(next.audit.insert(raised.serial).second) << "the restore's event is a new one";
    steps_.push_back(std::move(next));
    durable_ = end();
    bad_.clear();
  }

  DatabaseServer& server_;
  std::vector<State> steps_{State{}};  ///< after each record of the log
  std::size_t durable_ = 0;
  std::set<std::size_t> bad_;  ///< records with a wrong bit
  bool flips_next_ = false;
  std::uint64_t last_generation_ = 1;  ///< never used twice, on whatever timeline
};

struct Totals {
  std::uint64_t commits_lost = 0;
  std::uint64_t crashes = 0;
  std::uint64_t restores = 0;
  std::uint64_t panics = 0;
};

class Drive {
 public:
  explicit Drive(std::uint64_t seed) : kernel_({.seed = seed}), rng_(kernel_.stream("drive")) {}

  void run(Totals& totals) {
    kernel_.run([this] {
      for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) step();
    });
    totals.commits_lost += history_.commits_lost;
    totals.crashes += server_.counters().crashes;
    totals.restores += server_.counters().restores;
    totals.panics += server_.counters().panics;
  }

 private:
  static constexpr Duration kSoon{10'000'000};

  static DatabaseOptions options() {
    DatabaseOptions options;
    options.backups = BackupOptions{.interval = 120s, .kept = 1000, .archive_timeout = 20s};
    options.checkpoint_interval = 24h;  // a checkpoint forgets wrong bits: another test's business
    options.restore_overhead = 1s;
    return options;
  }

  void pass(Duration duration) { kernel_.sleep_until(kernel_.now() + duration); }

  void step() {
    pass(rng_.between(0s, 4s));
    switch (rng_.below(16)) {
      case 0: return crash(CrashKind::power);
      case 1: return crash(CrashKind::process);
      case 2: return lie(true);
      case 3: return lie(false);
      case 4: return flip();
      case 5: return tear();
      case 6: return fill();
      case 7: return delete_one();
      case 8: return expire();
      case 9: return restore(false);
      case 10: return restore(rng_.chance_ppm(300'000));
      default: commit();
    }
    history_.check();
  }

  bool commit() {
    Peer peer(server_, kernel_.main_process());
    EXPECT_TRUE(peer.accepted());
    OpenRequest request = insert_operation(++last_);
    const auto& runs = server_.tables().runs();
    if (!runs.empty()) {
      auto at = runs.begin();
      std::advance(at, rng_.below(runs.size()));
      request.runs.push_back({.run = at->first});
    }
    peer.open(request);
    pass(kSoon);
    WriteSet writes = new_run(++last_);
    writes.operations.push_back({request.operations[0], {}});
    writes.attempts[0].row.state = AttemptState::leased;
    writes.attempts[0].row.expires_at = server_.now() + 60s;
    writes.audit.resize(1 + rng_.below(20));
    writes.outbox.push_back({writes.attempts[0].row.id, {}});
    for (delta::Run row : peer.rows().runs) {
      ++row.required_failed;
      writes.runs.push_back(update(row));
    }
    peer.commit(writes);
    pass(kSoon);
    if (peer.resets() == 0) server_.disconnect(peer.id());
    return peer.has_committed();
  }

  void crash(CrashKind kind) {
    // One that is not flushed yet is nobody's promise.
    Peer unflushed(server_, kernel_.main_process());
    unflushed.open({});
    pass(kSoon);
    unflushed.commit(new_run(++last_));
    const std::size_t expected = history_.expected_end(kind);
    server_.crash(1s, kind);
    history_.recovered(expected, kind);
    pass(3s);
    EXPECT_FALSE(unflushed.committed());
    EXPECT_TRUE(server_.accepting());
  }

  void lie(bool on) {
    if (history_.lying == on) return;
    history_.lying = on;
    server_.disk().set_lying(on);
  }

  void flip() {
    server_.disk().flip_next(1);
    history_.flip_next();
    commit();
  }

  void tear() {
    server_.disk().tear_next(1s);
    const std::size_t expected = history_.expected_end(CrashKind::power);
    EXPECT_FALSE(commit());
    history_.recovered(expected, CrashKind::power);
    pass(3s);
  }

  void fill() {
    server_.disk().set_full(true);
    const std::size_t expected = history_.expected_end(CrashKind::process);
    EXPECT_FALSE(commit());
    history_.recovered(expected, CrashKind::process);
    pass(rng_.between(0s, 5s));
    EXPECT_FALSE(server_.accepting());
    server_.disk().set_full(false);
    pass(3s);
  }

  void delete_one() {
    const auto& outbox = server_.tables().outbox();
    if (outbox.empty()) return;
    const OutboxRow row = outbox.begin()->second;
    Peer peer(server_, kernel_.main_process());
    server_.start_delete(peer.id(), {row.serial},
                         [this, row](const auto&) { history_.deleted(row.attempt); });
    pass(kSoon);
    server_.disconnect(peer.id());
  }

  void expire() {
    Outsider outsider(server_);
    outsider.shorten_leases(Duration{});
    pass(kSoon);
  }

  void restore(bool to_the_past) {
    RestoreOptions wish;
    const bool damaged = rng_.chance_ppm(300'000);
    if (damaged) {
      const std::size_t expected = history_.expected_end(CrashKind::process);
      server_.corrupt(Damage::all);
      history_.recovered(expected, CrashKind::process);
    }
    if (to_the_past) wish.until = std::max(DbTime{}, server_.now() - rng_.between(0s, 100s));
    const std::size_t before = history_.end();
    const bool whole = !damaged && !to_the_past && !history_.has_wrong_bit();
    history_.restoring = true;
    server_.restore(wish, [](const std::optional<RecoveryPoint>& point) { EXPECT_TRUE(point); });
    pass(10s);
    history_.restoring = false;
    EXPECT_TRUE(server_.accepting());
    if (whole) {
      EXPECT_EQ(history_.end(), before + 1) << "nothing was missing, and something is lost";
    }
    history_.check();
  }

  Kernel kernel_;
  DatabaseServer server_{kernel_, HostId{0}, options()};
  Rng rng_;
  History history_{server_};
  std::uint64_t last_ = 0;
};

TEST(DatabaseHistory, TablesAreWhatTheyWereAtEveryRecoveryPoint) {
  Totals totals;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Drive(seed).run(totals);
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GT(totals.commits_lost, 100u);
  EXPECT_GT(totals.crashes, 1000u);
  EXPECT_GT(totals.restores, 500u);
  EXPECT_GT(totals.panics, 300u);
}

}  // namespace
}  // namespace aftershock::sim
