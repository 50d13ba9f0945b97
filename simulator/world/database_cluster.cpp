#include "simulator/world/database_cluster.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/check.h"

namespace aftershock::sim {

using namespace delta;

namespace {

constexpr Duration kDrainPoll{100'000'000};
constexpr Duration kDrainLimit{30'000'000'000};

}  // namespace

DatabaseCluster::DatabaseCluster(Kernel& kernel, Network& network, const std::vector<HostId>& hosts,
                                 const DatabaseOptions& database,
                                 const ReplicationOptions& replication, Buggify* buggify)
    : kernel_(kernel),
      network_(network),
      database_(database),
      options_(replication),
      address_(kernel, replication.address_ttl, 0) {
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    DatabaseOptions options = database;
    if (i > 0) options.backups.reset();  // the primary's are all there are
    servers_.push_back(std::make_unique<DatabaseServer>(kernel, hosts[i], options, buggify, i));
    subscribe(i);
  }
  if (hosts.size() == 1) return;
  std::vector<Replica*> all;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    replicas_.push_back(std::make_unique<Replica>(kernel, network, *servers_[i], replication, i));
    all.push_back(replicas_.back().get());
  }
  for (Replica* replica : all) replica->join(all);
  for (std::size_t i = 1; i < hosts.size(); ++i) {
    is_spare(i) ? servers_[i]->fence() : replicas_[i]->copy(*replicas_[0]);
  }
}

void DatabaseCluster::subscribe(std::size_t index) {
  DatabaseServer& server = *servers_[index];
  server.on_opened([this, index](std::uint64_t client) {
    if (index != primary_) return;
    for (const auto& observer : observers_.opened) observer(client);
  });
  server.on_commit([this, index](const CommitView& commit) {
    if (index == primary_) {
      for (const auto& observer : observers_.commit) observer(commit);
    } else {
      for (const auto& observer : stray_) observer(commit, index);
    }
  });
  server.on_outside_write([this, index](const CommitView& commit) {
    if (index != primary_) return;
    for (const auto& observer : observers_.outside_write) observer(commit);
  });
  server.on_rewind([this, index](const Tables& tables, const RecoveryPoint& point) {
    if (index != primary_) return;
    for (const auto& observer : observers_.rewind) observer(tables, point);
  });
}

void DatabaseCluster::observe(WorldObserver* observer) {
  world_ = observer;
  primary().observe(observer);
}

std::size_t DatabaseCluster::index_of(HostId host) const {
  const auto found = std::ranges::find(servers_, host, &DatabaseServer::host);
  CHECK(found != servers_.end());
  return static_cast<std::size_t>(found - servers_.begin());
}

Replica& DatabaseCluster::replica_on(HostId host) { return replica(index_of(host)); }

DatabaseServer& DatabaseCluster::resolve(HostId client) {
  if (servers_.size() == 1) return *servers_.front();
  return *servers_[address_.resolve(client)];
}

std::optional<std::size_t> DatabaseCluster::most_advanced() const {
  std::vector<std::size_t> all(servers_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return most_advanced(all);
}

std::optional<std::size_t> DatabaseCluster::most_advanced(
    const std::vector<std::size_t>& among) const {
  std::optional<std::size_t> best;
  for (const std::size_t i : among) {
    const DatabaseServer& server = *servers_[i];
    if (!server.running() || !server.in_recovery()) continue;
    const bool on_timeline = replicas_[i]->timeline() == timeline_;
    // A restore may have gone back behind what a standby had received.
    if (!on_timeline || (i != primary_ && replicas_[primary_]->contradicts(*replicas_[i])))
      continue;
    if (!best || replicas_[i]->received() > replicas_[*best]->received()) best = i;
  }
  return best;
}

/// Whether an operator who cannot ask the primary any more may know that nothing acknowledged is
/// missing from this standby.
bool DatabaseCluster::has_everything(std::size_t candidate) const {
  switch (options_.synchronous) {
    case Synchronous::off: return false;
    case Synchronous::first: return replicas_[primary_]->is_synchronous(candidate);
    case Synchronous::quorum: break;
  }
  // Each k of them meet those that can be asked, and this is the most advanced of these.
  std::size_t asked = 0;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (i == primary_ || !servers_[i]->running() || !servers_[i]->in_recovery()) continue;
    if (replicas_[i]->received() > replicas_[candidate]->received()) return false;
    ++asked;
  }
  const std::size_t standbys = servers_.size() - 1 - options_.spares;
  return replicas_[primary_]->mode() != Synchronous::off &&
         asked + options_.confirmations > standbys;
}

void DatabaseCluster::promote(const PromoteOptions& options, Done<Outcome> done) {
  if (promoting_) return done(std::unexpected("another promotion is under way"));
  const std::optional<std::size_t> candidate = options.standby ? options.standby : most_advanced();
  if (!candidate || !servers_[*candidate]->running() || !servers_[*candidate]->in_recovery()) {
    return done(std::unexpected("no standby can be promoted"));
  }
  const bool complete = has_everything(*candidate);
  if (options.fence) fence(primary_);
  promoting_ = true;
  begin_promotion(*candidate, complete, std::move(done));
}

void DatabaseCluster::begin_promotion(std::size_t candidate, bool complete, Done<Outcome> done) {
  replicas_[candidate]->follow(nullptr);
  servers_[candidate]->promote(
      options_.promotion, [this, candidate, complete, done = std::move(done)](bool ready) {
        promoting_ = false;
        if (ready) return done(finish_promotion(candidate, complete));
        done(std::unexpected("the standby went down during its promotion"));
      });
}

/// As many as there have to be, or nobody: a primary that waits for standbys that are not there
/// would serve nobody. As Patroni has it, unless it is told to be strict.
Synchronous DatabaseCluster::mode_for(std::size_t primary) const {
  std::size_t standbys = 0;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (i != primary && servers_[i]->running() && servers_[i]->in_recovery()) ++standbys;
  }
  return standbys >= options_.confirmations ? options_.synchronous : Synchronous::off;
}

/// The standby has replayed all that it has. From here on it is the database.
Promotion DatabaseCluster::finish_promotion(std::size_t candidate, bool complete) {
  DatabaseServer& old = primary();
  DatabaseServer& promoted = *servers_[candidate];
  // What the new history has of what still waited is committed with it.
  old.confirm(promoted.image().lsn, false);
  const Image& before = old.image();
  const Image& after = promoted.image();
  const bool moved = before.lsn != after.lsn;
  const std::uint64_t lost = before.commits - std::min(before.commits, after.commits);
  Promotion result{candidate, ++timeline_, !complete, {after.lsn, after.time, after.commits, lost}};
  std::uint64_t highest = 0;
  for (const auto& server : servers_) {
    highest = std::max(highest, server->tables().control().generation);
  }
  old.observe(nullptr);
  primary_ = candidate;
  address_.move(candidate);
  replicas_[candidate]->begin_timeline(timeline_, mode_for(candidate));
  promoted.observe(world_);
  promoted.open_timeline(
      {old.counters().commits, complete ? std::nullopt : std::optional<std::uint64_t>(highest),
       replicas_[candidate]->log_end().last},
      old.give_archive());
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const bool follows = i != candidate && servers_[i]->in_recovery();
    if (follows) replicas_[i]->follow(replicas_[candidate].get());
  }
  kernel_.mix(result.point.lsn.record, StepKind::commit);
  if (world_ != nullptr) world_->on_promotion(promoted.host(), timeline_);
  if (moved || result.raised) {
    for (const auto& observer : observers_.rewind) observer(promoted.tables(), result.point);
  }
  return result;
}

void DatabaseCluster::fence(std::size_t index) {
  network_.set_down(servers_[index]->host(), true);
  servers_[index]->fence();
}

void DatabaseCluster::cut_power(std::size_t index) {
  network_.set_down(servers_[index]->host(), true);
  servers_[index]->cut_power();
}

void DatabaseCluster::give_power(std::size_t index) {
  DatabaseServer& server = *servers_[index];
  server.give_power();
  if (server.power().on() && !server.power().fenced) network_.set_down(server.host(), false);
}

void DatabaseCluster::power_on(std::size_t index) {
  network_.set_down(servers_[index]->host(), false);
  servers_[index]->power_on();
}

void DatabaseCluster::switch_over(Done<Outcome> done) {
  const std::optional<std::size_t> candidate = most_advanced();
  if (promoting_ || !candidate) return done(std::unexpected("no standby can take over"));
  promoting_ = true;
  primary().set_outage(true);
  drain({*candidate, kernel_.now() + kDrainLimit, std::move(done)});
}

/// A shutdown waits until the standby has all.
void DatabaseCluster::drain(Switchover over) {
  const std::size_t old = primary_;
  if (replicas_[over.candidate]->flushed() < primary().log_end()) {
    if (kernel_.now() < over.limit) {
      kernel_.at(kernel_.now() + kDrainPoll,
                 [this, over = std::move(over)]() mutable { drain(std::move(over)); });
      return;
    }
    promoting_ = false;
    primary().set_outage(false);
    return over.done(std::unexpected("the standby did not catch up"));
  }
  servers_[old]->fence();
  begin_promotion(over.candidate, true, [this, old, done = std::move(over.done)](Outcome outcome) {
    servers_[old]->set_outage(false);
    if (outcome) {
      replicas_[old]->rejoin(*replicas_[outcome->server]);
    } else {
      servers_[old]->power_on();  // it was stopped in order, and nobody took over
    }
    done(std::move(outcome));
  });
}

void DatabaseCluster::rebuild(Done<std::size_t> done) {
  std::vector<std::size_t> behind;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const bool cannot = i == primary_ || !servers_[i]->power().on();
    if (cannot || replicas_[primary_]->is_streaming(i)) continue;
    servers_[i]->fence();
    network_.set_down(servers_[i]->host(), false);
    behind.push_back(i);
    bytes += primary().image().bytes();
  }
  const Duration time = options_.copy_overhead + time_of(bytes, options_.copy_rate);
  kernel_.at(kernel_.now() + time, [this, behind = std::move(behind), done = std::move(done)] {
    for (const std::size_t i : behind) replicas_[i]->copy(*replicas_[primary_]);
    replicas_[primary_]->set_mode(mode_for(primary_));
    done(behind.size());
  });
}

}  // namespace aftershock::sim
