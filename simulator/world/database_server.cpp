// Connections of the simulated database server, its single statements and its faults.
#include "simulator/world/database_server.h"

#include <algorithm>
#include <utility>

#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

namespace {

/// Whether the statement has read a page that is not sound.
bool touches(const Found& found, const std::set<LockKey>& damaged) {
  if (damaged.empty()) return false;
  const auto hit = [&damaged](AttemptId id) { return damaged.contains(LockKey::of(id)); };
  const auto of_item = [](const DueItem& item) { return item.ref.attempt; };
  if (std::ranges::any_of(found.due, hit, of_item)) return true;
  if (std::ranges::any_of(found.attempts, hit)) return true;
  return found.run && std::ranges::any_of(found.run->jobs, hit, &JobView::current);
}

/// Whether the statement looks for attempts by an index of theirs.
bool uses_index(const FindRequest& request) {
  return std::holds_alternative<FindDue>(request) ||
         std::holds_alternative<FindDispatchable>(request) ||
         std::holds_alternative<FindForgotten>(request) ||
         std::holds_alternative<FindLive>(request);
}

}  // namespace

DatabaseServer::DatabaseServer(Kernel& kernel, HostId host, DatabaseOptions options,
                               Buggify* buggify, std::uint64_t index)
    : kernel_(kernel),
      host_(host),
      options_(options),
      buggify_(buggify),
      in_doubt_rng_(kernel.stream("database-in-doubt", index)),
      added_(kernel.stream("database-latency", index)),
      disk_(options.disk, kernel.stream("database", index), kernel.stream("database-disk", index)),
      clock_(kernel),
      wal_({}) {
  if (options.backups) keep_backups(*options.backups);
}

DatabaseServer::~DatabaseServer() = default;

std::optional<BackendId> DatabaseServer::accept(ClientEnd client) {
  if (!accepting()) {
    ++counters_.refused_connections;
    return std::nullopt;
  }
  if (!make_room()) {
    ++counters_.refused_connections;
    ++counters_.too_many_clients;
    return std::nullopt;
  }
  ++counters_.accepted_connections;
  return add_backend(std::move(client), false);
}

std::optional<BackendId> DatabaseServer::accept_outsider() {
  if (!accepting()) return std::nullopt;
  return add_backend({}, true);
}

BackendId DatabaseServer::add_backend(ClientEnd client, bool outsider) {
  auto backend = std::make_unique<Backend>();
  const BackendId id{++last_backend_};
  backend->id = id;
  backend->client = std::move(client);
  backend->outsider = outsider;
  backend->idle_since = kernel_.now();
  backends_.emplace(id, std::move(backend));
  return id;
}

/// False: every connection is taken. Only then it matters which clients have vanished, so only
/// then the keepalives are looked at.
bool DatabaseServer::make_room() {
  const auto has_room = [this] {
    const auto taken =
        std::ranges::count_if(backends_, [](const auto& entry) { return !entry.second->outsider; });
    return taken + faults_.taken_connections < options_.max_connections;
  };
  if (has_room()) return true;
  std::vector<BackendId> vanished;
  for (const auto& [id, backend] : backends_) {
    if (backend->outsider || backend->stage != BackendStage::idle) continue;
    if (backend->idle_since + options_.tcp_keepalive > kernel_.now()) continue;
    if (!backend->client.is_open()) vanished.push_back(id);
  }
  for (const BackendId id : vanished) disconnect(id);
  return has_room();
}

void DatabaseServer::disconnect(BackendId id) {
  if (Backend* backend = find_open(id)) close(*backend);
  settle();
}

bool DatabaseServer::is_working(BackendId id) const {
  const auto found = backends_.find(id);
  return found != backends_.end() && found->second->stage != BackendStage::idle;
}

/// Null when there is no such connection any more.
Backend* DatabaseServer::find_open(BackendId id) {
  const auto found = backends_.find(id);
  return found == backends_.end() || found->second->disconnected ? nullptr : found->second.get();
}

/// Runs `action(backend)` unless the connection has ended by then.
template <class Action>
void DatabaseServer::after(Duration latency, BackendId id, Action action) {
  kernel_.at(kernel_.now() + latency, [this, id, action = std::move(action)]() mutable {
    if (Backend* backend = find_open(id)) action(*backend);
  });
}

/// Of one statement. Draws, while a fault makes them longer.
Duration DatabaseServer::cost(std::size_t rows) {
  const Duration cost =
      options_.statement_latency + options_.row_latency * static_cast<std::int64_t>(rows);
  if (!added_.on()) return cost;
  ++counters_.slowed;
  return cost + added_.draw();
}

Duration DatabaseServer::draw_flush() {
  const Duration flush = disk_.sync_time();
  if (buggify_ == nullptr) return flush;
  return flush + buggify_->delay(BuggifySite::slow_fsync);
}

void DatabaseServer::become_idle(Backend& backend) {
  backend.stage = BackendStage::idle;
  backend.idle_since = kernel_.now();
  if (backend.in_transaction && !backend.outsider && !power_.idle_check_armed) {
    arm_idle_check(kernel_.now() + options_.idle_in_transaction_timeout);
  }
}

/// Breaks the connection from the server's side.
void DatabaseServer::reset(Backend& backend) {
  ++counters_.reset_connections;
  if (backend.client.on_reset) backend.client.on_reset();
  close(backend);
}

void DatabaseServer::drop_connections() {
  std::vector<BackendId> present;
  for (const auto& [id, backend] : backends_) present.push_back(id);
  for (const BackendId id : present) {
    if (Backend* backend = find_open(id)) reset(*backend);
  }
  settle();
}

void DatabaseServer::close(Backend& backend) {
  if (backend.stage == BackendStage::flushing) {
    backend.disconnected = true;
    return;
  }
  abort(backend);
  backends_.erase(backend.id);
}

/// Ends the open transaction, if any, without a trace.
void DatabaseServer::abort(Backend& backend) {
  if (!backend.in_transaction) return;
  backend.in_transaction = false;
  ++counters_.rolled_back;
  locks_.stop_waiting(backend.id);
  std::erase(granted_, backend.id);
  for (const LockKey& key : std::exchange(backend.held, {})) release(key);
}

/// All timeouts are equally long, so one timer for the first of them is enough.
void DatabaseServer::arm_idle_check(SimTime when) {
  power_.idle_check_armed = true;
  kernel_.at(when, [this] { check_idle(); });
}

void DatabaseServer::check_idle() {
  power_.idle_check_armed = false;
  SimTime next = kForever;
  std::vector<BackendId> expired;
  for (const auto& [id, backend] : backends_) {
    if (!backend->in_transaction || backend->stage != BackendStage::idle) continue;
    if (backend->outsider) continue;
    const SimTime end = backend->idle_since + options_.idle_in_transaction_timeout;
    if (end <= kernel_.now()) {
      expired.push_back(id);
    } else {
      next = std::min(next, end);
    }
  }
  if (next != kForever) arm_idle_check(next);
  for (const BackendId id : expired) {
    ++counters_.idle_timeouts;
    reset(*backends_.at(id));
  }
  settle();
}

bool DatabaseServer::start_rollback(BackendId id, RollbackRequest request,
                                    Done<RollbackRequest> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle);
  if (backend->in_transaction) --counters_.rolled_back;  // this one is the client's own wish
  abort(*backend);
  settle();
  backend->stage = BackendStage::answering;
  after(cost(0), id, [this, request, done = std::move(done)](Backend& present) {
    become_idle(present);
    done(request);
  });
  return true;
}

/// Of another connection that keeps dead rows from being vacuumed.
Duration DatabaseServer::oldest_transaction(BackendId asker) const {
  const DbTime present = now();
  DbTime oldest = present;
  for (const auto& [id, backend] : backends_) {
    if (id == asker || !backend->in_transaction) continue;
    if (backend->held.empty() && backend->stage == BackendStage::idle) continue;
    oldest = std::min(oldest, backend->begun);
  }
  return present - oldest;
}

bool DatabaseServer::start_find(BackendId id, FindRequest request,
                                Done<std::expected<Found, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle);
  backend->stage = BackendStage::answering;
  std::expected<Found, DbError> found = live_.tables.find(request, now());
  if (found->load) {
    found->load->oldest_transaction = oldest_transaction(id);
    const ReplicationHooks* hooks = replication_.hooks;
    if (hooks != nullptr) found->load->replication_lag = hooks->replication_lag();
  }
  const std::size_t rows = found->due.size() + found->attempts.size() + found->outbox.size() +
                           (found->run ? 1 + found->run->jobs.size() : 0) + found->schedules.size();
  if (touches(*found, faults_.damaged_rows)) {
    ++counters_.damaged;
    found = std::unexpected(DbError{DbFailure::rejected, kInvalidPage});
  }
  if (faults_.damaged_indexes && uses_index(request)) {
    ++counters_.damaged;
    found = std::unexpected(DbError{DbFailure::rejected, kInvalidIndex});
  }
  after(cost(rows), id,
        [this, found = std::move(found), done = std::move(done)](Backend& present) mutable {
          become_idle(present);
          done(std::move(found));
        });
  return true;
}

/// Counted, if so.
bool DatabaseServer::refuses_writes(const Backend& backend) {
  const bool refuses = in_recovery() || (faults_.read_only.on() && !backend.outsider);
  if (refuses) ++counters_.read_only;
  return refuses;
}

/// Logs and shows what is no commit of the product, and then answers.
void DatabaseServer::apply(BackendId id, TableChange change, std::function<void(Backend&)> done) {
  const SharedRecord record = write_log(std::move(change), false);
  if (record == nullptr) return;  // the server is down, and its connections with it
  await_standbys(record, [this, id, record, done = std::move(done)](bool tell) {
    live_.redo(*record);
    Backend* backend = find_open(id);
    if (backend == nullptr) return;
    if (!tell) return reset(*backend);
    become_idle(*backend);
    done(*backend);
  });
}

void DatabaseServer::refuse_write(BackendId id, Done<DbError> done) {
  after(cost(0), id, [this, done = std::move(done)](Backend& present) {
    become_idle(present);
    done({DbFailure::unavailable, kReadOnly});
  });
}

bool DatabaseServer::start_delete(BackendId id, std::vector<std::uint64_t> serials,
                                  Done<std::expected<void, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle && !backend->in_transaction);
  backend->stage = BackendStage::answering;
  if (refuses_writes(*backend)) {
    refuse_write(id, [done = std::move(done)](DbError error) { done(std::unexpected(error)); });
    return true;
  }
  const Duration latency = cost(serials.size()) + draw_flush();
  after(latency, id,
        [this, serials = std::move(serials), done = std::move(done)](Backend& present) mutable {
          TableChange change;
          change.deleted = std::move(serials);
          apply(present.id, std::move(change), [done = std::move(done)](Backend&) { done({}); });
        });
  return true;
}

bool DatabaseServer::start_purge(BackendId id, PurgeRequest request,
                                 Done<std::expected<std::uint32_t, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle && !backend->in_transaction);
  backend->stage = BackendStage::answering;
  if (refuses_writes(*backend)) {
    refuse_write(id, [done = std::move(done)](DbError error) { done(std::unexpected(error)); });
    return true;
  }
  after(cost(0) + draw_flush(), id, [this, request, done = std::move(done)](Backend& present) {
    TableChange change;
    change.purged = live_.tables.operations_until(now() - request.age, request.limit);
    const auto deleted = static_cast<std::uint32_t>(change.purged.size());
    apply(present.id, std::move(change), [done, deleted](Backend&) { done(deleted); });
  });
  return true;
}

void DatabaseServer::set_outage(bool on) {
  faults_.outage.set(on);
  tell_accepting();
  if (on) drop_connections();
}

}  // namespace aftershock::sim
