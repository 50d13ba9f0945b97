// The real database in lockstep: a thread for each party, and a connection that watches who waits.
#include <signal.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/row>
#include <set>
#include <thread>

#include "orchestrator/adapters/postgres_database.h"
#include "platform/threads.h"
#include "tests/conformance/differential_worlds.h"

namespace delta {

namespace {

/// A connection by hand.
class ByHand {
 public:
  explicit ByHand(const std::string& url) : connection_(url) {
    run("SET search_path = delta, public");
  }
  pqxx::result run(const std::string& sql) {
    pqxx::nontransaction direct(connection_);
    return direct.exec(sql);
  }
  int pid() const { return connection_.backendpid(); }

 private:
  pqxx::connection connection_;
};

/// Runs one call at a time in a thread of its own.
class Worker {
 public:
  Worker() : thread_([this] { work(); }) {}
  ~Worker() {
    start({});
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start(std::function<Answer()> call) {
    const std::lock_guard lock(mutex_);
    call_ = std::move(call);
    changed_.notify_all();
  }
  /// False: not within that time.
  bool wait(Duration time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return answer_.has_value(); });
  }
  std::optional<Answer> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(answer_, std::nullopt);
  }
  bool has_answer() { return wait(0ns); }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return call_.has_value(); });
      const auto call = std::move(*std::exchange(call_, std::nullopt));
      if (!call) return;
      lock.unlock();
      Answer answer = call();
      lock.lock();
      answer_ = std::move(answer);
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::function<Answer()>> call_;
  std::optional<Answer> answer_;
  std::thread thread_;
};

std::string quoted(const std::string& text) { return "'" + text + "'"; }

class PostgresWorld final : public PostgresLockstep {
 public:
  explicit PostgresWorld(const std::string& url) : url_(url) {
    if (const auto done = migrate({.url = url}); !done) {
      throw std::runtime_error(done.error().detail);
    }
    monitor_ = std::make_unique<ByHand>(url);
    hand_ = std::make_unique<ByHand>(url);
    pids_[kByHand] = hand_->pid();
    for (std::size_t party = 0; party < kByHand; ++party) {
      databases_.push_back(std::make_unique<PostgresDatabase>(
          PostgresOptions{.url = url + " application_name=party" + std::to_string(party)}));
      reconnect(party);
    }
  }

  void begin_history() override {
    end_everything();
    const bool fresh = histories_++ % 500 == 0;
    monitor_->run(fresh ? "TRUNCATE run, job, attempt, operation, outbox, audit, schedule"
                        : "DELETE FROM run; DELETE FROM job; DELETE FROM attempt; DELETE FROM "
                          "operation; DELETE FROM outbox; DELETE FROM audit; DELETE FROM schedule");
    const auto now = monitor_->run(
        "UPDATE control SET generation = 1, last_sweep = 0, grace_until = 0, grace_available = "
        "true, policy_version = 0, ingesting = true, lease_ttl = 0, lease_ttl_until = 0, "
        "former_ttl = 0, former_until = 0, most_leases = 0, submissions = 0, audit_length = 0, "
        "audit_digest = decode(repeat('00', 32), 'hex') RETURNING now_ns()");
    if (fresh) monitor_->run("VACUUM control");
    knowledge = {};
    knowledge.base = DbTime(Duration(now.front()[0].as<std::int64_t>()));
  }

  void begin(std::size_t party, const Action& action) override {
    if (action.kind == Action::Kind::kill) {
      kill(party);
    } else if (party == kByHand) {
      workers_[party].start([this, action] { return lock_by_hand(action); });
    } else {
      workers_[party].start([this, party, action] { return perform(*sessions_[party], action); });
    }
  }
  std::optional<Answer> take(std::size_t party) override { return workers_[party].take(); }
  void reconnect(std::size_t party) override {
    sessions_[party].reset();
    auto session = databases_[party]->connect();
    if (!session) throw std::runtime_error(session.error().detail);
    sessions_[party] = std::move(*session);
    const auto found = monitor_->run(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name = 'party" +
        std::to_string(party) + "' ORDER BY backend_start DESC LIMIT 1");
    pids_[party] = found.front()[0].as<int>();
  }

  bool settle(const std::vector<std::size_t>& answered,
              const std::vector<std::size_t>& waiting) override {
    constexpr int kTries = 5000;
    for (const std::size_t party : answered) {
      for (int i = 0; !workers_[party].wait(i == 0 ? 2ms : 1ms); ++i) {
        // Nobody will answer when all who are left wait.
        if (any_answer(waiting) || i > kTries || (i > 100 && i % 100 == 0 && waits(party))) {
          return false;
        }
      }
    }
    for (int i = 0; !waiting.empty(); ++i) {
      if (any_answer(waiting) || i > kTries) return false;
      const std::set<int> blocked = blocked_pids();
      const bool all = std::ranges::all_of(
          waiting, [&](std::size_t party) { return blocked.contains(pids_[party]); });
      if (all) return !any_answer(waiting);
      if (i > 10) std::this_thread::sleep_for(200us);
    }
    return true;
  }
  void let_detectors_run() override { std::this_thread::sleep_for(2ms); }

 private:
  bool any_answer(const std::vector<std::size_t>& parties) {
    return std::ranges::any_of(parties,
                               [this](std::size_t party) { return workers_[party].has_answer(); });
  }
  std::set<int> blocked_pids() {
    std::set<int> pids;
    for (const auto& row : monitor_->run("SELECT pid FROM pg_locks WHERE NOT granted")) {
      pids.insert(row[0].as<int>());
    }
    return pids;
  }
  bool waits(std::size_t party) { return blocked_pids().contains(pids_[party]); }

  /// Returns when the server's process is gone, and with it its locks and its end of the socket.
  void kill(std::size_t party) {
    monitor_->run("SELECT pg_terminate_backend(" + std::to_string(pids_[party]) + ")");
    while (::kill(pids_[party], 0) == 0 || errno != ESRCH) std::this_thread::sleep_for(100us);
  }

  Answer lock_by_hand(const Action& action) {
    if (action.kind == Action::Kind::hand_end) {
      hand_->run("ROLLBACK");
      is_hand_open_ = false;
      return {.text = "ended"};
    }
    try {
      if (!std::exchange(is_hand_open_, true)) hand_->run("BEGIN");
      const OpenRequest& request = action.request;
      std::string sql = "SELECT 1 FROM ";
      if (request.control) sql += "control";
      if (!request.runs.empty()) {
        sql += "run WHERE id = " + quoted(to_string(request.runs[0].run));
      }
      if (!request.attempts.empty()) {
        sql += "attempt WHERE id = " + quoted(to_string(request.attempts[0]));
      }
      hand_->run(sql + " FOR UPDATE");
      return hand_locked();
    } catch (const pqxx::failure&) {
      hand_->run("ROLLBACK");
      is_hand_open_ = false;
      return hand_conflict();
    }
  }

  /// Whatever the last history has left: who ends lets others go on, who must end then too.
  void end_everything() {
    const auto state = [this](std::size_t party) { return knowledge.parties[party].state; };
    for (bool all_idle = false; !all_idle;) {
      all_idle = true;
      for (std::size_t party = 0; party < kParties; ++party) {
        if (state(party) == PartyState::waiting && workers_[party].wait(0ns)) {
          workers_[party].take();
          knowledge.parties[party].state = PartyState::in_transaction;
        }
        if (state(party) == PartyState::in_transaction) {
          begin(party,
                {.kind = party == kByHand ? Action::Kind::hand_end : Action::Kind::rollback});
          workers_[party].wait(60s);
          workers_[party].take();
          knowledge.parties[party].state = PartyState::idle;
        }
        all_idle = all_idle && state(party) == PartyState::idle;
      }
    }
    for (std::size_t party = 0; party < kByHand; ++party) {
      const auto found = sessions_[party]->find(FindRun{});
      if (!found) reconnect(party);
    }
  }

  std::string url_;
  std::unique_ptr<ByHand> monitor_;
  std::unique_ptr<ByHand> hand_;
  bool is_hand_open_ = false;
  std::vector<std::unique_ptr<PostgresDatabase>> databases_;
  std::array<std::unique_ptr<Session>, kByHand> sessions_;
  std::array<int, kParties> pids_{};
  std::uint64_t histories_ = 0;
  std::array<Worker, kParties> workers_;  ///< the last: their calls use all else
};

}  // namespace

PostgresServerOptions lockstep_server_options() {
  PostgresServerOptions options;
  options.settings["deadlock_timeout"] = "1ms";
  options.settings["synchronous_commit"] = "off";
  options.settings["autovacuum"] = "off";
  options.settings["jit"] = "off";
  return options;
}

std::unique_ptr<PostgresLockstep> make_postgres_lockstep(PostgresServer& server) {
  return std::make_unique<PostgresWorld>(server.connection_string(server.new_database()));
}

}  // namespace delta
