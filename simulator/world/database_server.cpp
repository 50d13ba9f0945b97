// Connections of the simulated database server, its single statements and its faults.
#include "simulator/world/database_server.h"

#include <utility>

#include "simulator/world/database_backend.h"

namespace aftershock::sim {

using namespace delta;

DatabaseServer::DatabaseServer(Kernel& kernel, HostId host, DatabaseOptions options,
                               Buggify* buggify)
    : kernel_(kernel),
      host_(host),
      options_(options),
      buggify_(buggify),
      rng_(kernel.stream("database")) {}

DatabaseServer::~DatabaseServer() = default;

std::optional<BackendId> DatabaseServer::accept(const Process& client,
                                                std::function<void()> on_reset) {
  if (!accepting()) {
    ++counters_.refused_connections;
    return std::nullopt;
  }
  ++counters_.accepted_connections;
  auto backend = std::make_unique<Backend>();
  const BackendId id{++last_backend_};
  backend->id = id;
  backend->owner = client.id();
  backend->on_reset = std::move(on_reset);
  backends_.emplace(id, std::move(backend));
  return id;
}

void DatabaseServer::disconnect(BackendId id) {
  if (Backend* backend = find_open(id)) close(*backend);
  settle();
}

void DatabaseServer::client_gone(const Process& client) {
  std::vector<BackendId> gone;
  for (const auto& [id, backend] : backends_) {
    if (backend->owner == client.id()) gone.push_back(id);
  }
  for (const BackendId id : gone) disconnect(id);
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

Duration DatabaseServer::cost(std::size_t rows) const {
  return options_.statement_latency + options_.row_latency * static_cast<std::int64_t>(rows);
}

Duration DatabaseServer::draw_flush() {
  const Duration flush = rng_.between(options_.flush_min, options_.flush_max);
  if (buggify_ == nullptr) return flush;
  return flush + buggify_->delay(BuggifySite::slow_fsync);
}

void DatabaseServer::become_idle(Backend& backend) {
  backend.stage = BackendStage::idle;
  backend.idle_since = kernel_.now();
  if (backend.in_transaction && !idle_check_armed_) {
    arm_idle_check(kernel_.now() + options_.idle_in_transaction_timeout);
  }
}

/// Breaks the connection from the server's side.
void DatabaseServer::reset(Backend& backend) {
  ++counters_.reset_connections;
  if (backend.on_reset) backend.on_reset();
  close(backend);
}

void DatabaseServer::reset_all() {
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
  idle_check_armed_ = true;
  kernel_.at(when, [this] { check_idle(); });
}

void DatabaseServer::check_idle() {
  idle_check_armed_ = false;
  SimTime next = kForever;
  std::vector<BackendId> expired;
  for (const auto& [id, backend] : backends_) {
    if (!backend->in_transaction || backend->stage != BackendStage::idle) continue;
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

bool DatabaseServer::start_find(BackendId id, FindRequest request,
                                Done<std::expected<Found, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle);
  backend->stage = BackendStage::answering;
  Found found = tables_.find(request, now());
  const std::size_t rows = found.due.size() + found.attempts.size() + found.live.size() +
                           found.outbox.size() + (found.run ? 1 + found.run->jobs.size() : 0);
  after(cost(rows), id,
        [this, found = std::move(found), done = std::move(done)](Backend& present) mutable {
          become_idle(present);
          done(std::move(found));
        });
  return true;
}

bool DatabaseServer::start_delete(BackendId id, std::vector<std::uint64_t> serials,
                                  Done<std::expected<void, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle && !backend->in_transaction);
  backend->stage = BackendStage::answering;
  const Duration latency = cost(serials.size()) + draw_flush();
  after(latency, id,
        [this, serials = std::move(serials), done = std::move(done)](Backend& present) {
          for (const std::uint64_t serial : serials) tables_.delete_outbox(serial);
          become_idle(present);
          done({});
        });
  return true;
}

bool DatabaseServer::start_purge(BackendId id, PurgeRequest request,
                                 Done<std::expected<std::uint32_t, DbError>> done) {
  Backend* backend = find_open(id);
  if (backend == nullptr) return false;
  CHECK(backend->stage == BackendStage::idle && !backend->in_transaction);
  backend->stage = BackendStage::answering;
  const Duration flush = rng_.between(options_.flush_min, options_.flush_max);
  after(cost(0) + flush, id, [this, request, done = std::move(done)](Backend& present) {
    const std::uint32_t deleted = tables_.purge_operations(now() - request.age, request.limit);
    become_idle(present);
    done(deleted);
  });
  return true;
}

void DatabaseServer::crash(Duration downtime) {
  const std::uint64_t number = ++counters_.crashes;
  running_ = false;
  for (const auto& [id, backend] : backends_) {
    if (backend->in_transaction) ++counters_.rolled_back;
    if (backend->disconnected) continue;
    ++counters_.reset_connections;
    if (backend->on_reset) backend->on_reset();
  }
  backends_.clear();
  locks_.clear();
  granted_.clear();
  restart_at_ = std::max(restart_at_, kernel_.now() + downtime);
  kernel_.at(restart_at_, [this, number] {
    if (number != counters_.crashes) return;
    running_ = true;
    ++counters_.starts;
  });
}

void DatabaseServer::set_outage(bool on) {
  outage_.set(on);
  if (on) reset_all();
}

void DatabaseServer::drop_connections() { reset_all(); }

}  // namespace aftershock::sim
