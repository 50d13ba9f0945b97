// Rows, requests and a server without a network, for the tests of the simulated PostgreSQL.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulator/kernel/kernel.h"
#include "simulator/world/database_server.h"

namespace aftershock::sim {

inline delta::RunId run_id(std::uint64_t n) { return {1, n}; }
inline delta::AttemptId attempt_id(std::uint64_t n) { return {2, n}; }
inline delta::OperationId operation_id(std::uint64_t n) { return {3, n}; }

/// A chain of `jobs` jobs.
inline delta::SharedSpec chain_spec(std::uint32_t jobs) {
  delta::RunSpec spec;
  spec.name = "chain";
  for (std::uint32_t job = 0; job < jobs; ++job) {
    delta::JobSpec step;
    step.name = "job-" + std::to_string(job);
    if (job > 0) step.needs.push_back(job - 1);
    spec.jobs.push_back(step);
  }
  return *delta::prepare(spec);
}

/// Inserts of run `n`: attempt n * 10 + j is the current one of job j; the first is queued.
inline delta::WriteSet new_run(std::uint64_t n, std::uint32_t jobs = 1) {
  delta::WriteSet writes;
  delta::Run run;
  run.id = run_id(n);
  run.open_jobs = jobs;
  run.spec = chain_spec(jobs);
  for (std::uint32_t j = 0; j < jobs; ++j) {
    delta::Attempt attempt;
    attempt.id = attempt_id(n * 10 + j);
    attempt.run = run.id;
    attempt.job = j;
    if (j == 0) attempt.state = delta::AttemptState::queued;
    writes.attempts.push_back({attempt, std::nullopt});
    delta::Job job;
    job.run = run.id;
    job.index = j;
    job.current = attempt.id;
    writes.jobs.push_back({job, true});
  }
  writes.runs.push_back({run, std::nullopt});
  return writes;
}

inline delta::RunWrite update(delta::Run row) { return {row, row.state}; }
inline delta::AttemptWrite update(const delta::Attempt& before, delta::Attempt row) {
  return {std::move(row),
          delta::AttemptFence{before.state, before.epoch, before.token_hash, before.generation}};
}

inline delta::OpenRequest lock_run(std::uint64_t n, delta::Scope scope,
                                   delta::OnLocked on_locked = delta::OnLocked::wait) {
  delta::OpenRequest request;
  request.runs.push_back({run_id(n), scope, 0});
  request.on_locked = on_locked;
  return request;
}
inline delta::OpenRequest lock_attempts(std::vector<std::uint64_t> numbers) {
  delta::OpenRequest request;
  for (const std::uint64_t n : numbers) request.attempts.push_back(attempt_id(n));
  return request;
}
inline delta::OpenRequest insert_operation(std::uint64_t n, std::uint64_t digest = 0) {
  delta::OpenRequest request;
  request.operations.push_back({operation_id(n), digest});
  return request;
}

/// A connection straight to the server: each call is what happens when a packet arrives.
class Peer {
 public:
  using OpenAnswer = std::expected<delta::Opened, delta::DbError>;

  Peer(DatabaseServer& server, const Process& process) : server_(server) {
    id_ = server.accept({.process = process.id(),
                         .on_reset = [this] { ++resets_; },
                         .is_open = [&process] { return process.alive(); }});
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  bool accepted() const { return id_.has_value(); }
  BackendId id() const { return *id_; }
  int resets() const { return resets_; }

  bool open(delta::OpenRequest request) {
    opened_.reset();
    return server_.start_open(*id_, std::move(request),
                              [this](OpenAnswer answer) { opened_ = std::move(answer); });
  }
  bool commit(delta::WriteSet writes) {
    committed_.reset();
    return server_.start_commit(*id_, std::move(writes), [this](delta::CommitResult result) {
      committed_ = std::move(result);
    });
  }
  bool rollback() {
    return server_.start_rollback(*id_, {}, [](RollbackRequest) {});
  }
  bool find(delta::FindRequest request) {
    found_.reset();
    return server_.start_find(*id_, request, [this](auto answer) { found_ = std::move(*answer); });
  }

  /// Nothing: not answered yet.
  const std::optional<OpenAnswer>& opened() const { return opened_; }
  const std::optional<delta::CommitResult>& committed() const { return committed_; }
  const std::optional<delta::Found>& found() const { return found_; }
  bool is_open() const { return opened_ && *opened_; }
  bool has_conflict() const {
    return opened_ && !*opened_ && opened_->error().kind == delta::DbFailure::conflict;
  }
  bool has_committed() const {
    return committed_ && committed_->outcome == delta::CommitOutcome::committed;
  }
  const delta::Rows& rows() const { return (*opened_)->rows; }

 private:
  DatabaseServer& server_;
  std::optional<BackendId> id_;
  int resets_ = 0;
  std::optional<OpenAnswer> opened_;
  std::optional<delta::CommitResult> committed_;
  std::optional<delta::Found> found_;
};

class DatabaseTest : public testing::Test {
 protected:
  explicit DatabaseTest(const DatabaseOptions& options = {}) : server(kernel, HostId{0}, options) {}

  static constexpr delta::Duration kSoon{10'000'000};  ///< any statement and flush ends in it

  Kernel kernel{{.seed = 1}};
  DatabaseServer server;

  void pass(delta::Duration duration) { kernel.sleep_until(kernel.now() + duration); }

  std::unique_ptr<Peer> connect() { return std::make_unique<Peer>(server, kernel.main_process()); }
  /// One whole transaction.
  void store(delta::OpenRequest request, delta::WriteSet writes) {
    const auto peer = connect();
    peer->open(std::move(request));
    pass(kSoon);
    ASSERT_TRUE(peer->is_open());
    peer->commit(std::move(writes));
    pass(kSoon);
    ASSERT_TRUE(peer->has_committed());
    server.disconnect(peer->id());
  }
  void store(delta::WriteSet writes) { store({}, std::move(writes)); }
  /// Commits run `n`; whether that was answered.
  bool try_store(std::uint64_t n) {
    const auto peer = connect();
    if (!peer->accepted()) return false;
    peer->open({});
    pass(kSoon);
    peer->commit(new_run(n));
    pass(kSoon);
    const bool done = peer->has_committed();
    server.disconnect(peer->id());
    return done;
  }
  bool stored(std::uint64_t n) const { return server.tables().run(run_id(n)) != nullptr; }
};

}  // namespace aftershock::sim
