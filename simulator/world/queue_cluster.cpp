#include "simulator/world/queue_cluster.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/check.h"
#include "simulator/world/world_observer.h"

namespace aftershock::sim {

namespace {

/// Sentinels look after the servers this often.
constexpr delta::Duration kWatchInterval{1'000'000'000};

}  // namespace

QueueCluster::QueueCluster(Kernel& kernel, Network& network, const std::vector<HostId>& hosts,
                           const QueueOptions& queue, const QueueReplicationOptions& replication)
    : kernel_(kernel),
      network_(network),
      options_(replication),
      addresses_(kernel, replication.address_ttl),
      progress_(hosts.size()) {
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    servers_.push_back(std::make_unique<QueueServer>(kernel, hosts[i], queue, i));
    progress_[i].history = history_;  // that of an empty queue
    if (i > 0) servers_[i]->follow();
    if (hosts.size() > 1) subscribe(i);
  }
}

void QueueCluster::subscribe(std::size_t index) {
  servers_[index]->follow_up({[this, index](const QueueChange& change) {
                                if (index == primary_) on_change(change);
                              },
                              [this, index] {
                                if (index == primary_) return begin_history();
                                progress_[index].history = 0;
                              },
                              [this] { pump_all(); }});
}

void QueueCluster::observe(WorldObserver* observer) {
  observer_ = observer;
  primary().observe(observer);
}

QueueServer& QueueCluster::on(HostId host) {
  const auto found = std::ranges::find(servers_, host, &QueueServer::host);
  CHECK(found != servers_.end());
  return **found;
}

QueueServer& QueueCluster::resolve(HostId client) {
  if (servers_.size() == 1) return *servers_.front();
  return *servers_[addresses_.look_up(client, primary_)];
}

void QueueCluster::on_change(const QueueChange& change) {
  backlog_.push_back(change);
  ++offset_;
  if (backlog_.size() > options_.backlog) backlog_.pop_front();
  pump_all();
}

void QueueCluster::begin_history() {
  ++history_;
  backlog_.clear();
}

bool QueueCluster::is_replica(std::size_t index) const {
  return index != primary_ && servers_[index]->follows();
}

void QueueCluster::pump_all() {
  for (std::size_t i = 0; i < servers_.size(); ++i) pump(i);
}

void QueueCluster::pump(std::size_t index) {
  const Progress& progress = progress_[index];
  if (progress.busy || !is_replica(index) || !primary().running()) return;
  const bool continues = progress.history == history_ && progress.offset >= backlog_begin();
  continues ? send_changes(index) : send_copy(index);
}

void QueueCluster::send_changes(std::size_t index) {
  Progress& progress = progress_[index];
  std::vector<QueueChange> due;
  for (std::size_t i = progress.offset - backlog_begin(); i < backlog_.size(); ++i) {
    if (backlog_[i].at + options_.delay > kernel_.now()) break;
    due.push_back(backlog_[i]);
  }
  if (!due.empty()) {
    const Position end{history_, progress.offset + due.size()};
    return send(index, end, [server = servers_[index].get(), due = std::move(due)] {
      for (const QueueChange& change : due) server->replay(change);
    });
  }
  if (progress.offset == offset_ || std::exchange(progress.armed, true)) return;
  kernel_.at(backlog_[progress.offset - backlog_begin()].at + options_.delay, [this, index] {
    progress_[index].armed = false;
    pump(index);
  });
}

void QueueCluster::send_copy(std::size_t index) {
  progress_[index].busy = true;
  kernel_.at(kernel_.now() + options_.copy_time, [this, index] {
    progress_[index].busy = false;
    if (!is_replica(index) || !primary().running()) return;
    send(index, {history_, offset_},
         [server = servers_[index].get(), all = primary().image()] { server->copy(all); });
  });
}

void QueueCluster::send(std::size_t index, Position end, std::function<void()> take) {
  Progress& progress = progress_[index];
  progress.busy = true;
  const std::uint64_t round = ++progress.round;
  const auto go_on = [this, index, round] {
    if (progress_[index].round != round || !progress_[index].busy) return;
    progress_[index].busy = false;
    pump(index);
  };
  const HostId from = primary().host();
  const HostId to = host(index);
  network_.send(from, to, [this, index, round, end, from, to, go_on, take = std::move(take)] {
    Progress& reached = progress_[index];
    if (reached.round != round || !is_replica(index)) return;
    if (!servers_[index]->running()) return servers_[index]->miss();
    take();
    reached.history = end.history;
    reached.offset = end.offset;
    network_.send(to, from, go_on);
  });
  kernel_.at(kernel_.now() + options_.timeout, go_on);
}

/// One that follows the present history before any other.
std::optional<std::size_t> QueueCluster::most_advanced() const {
  std::optional<std::size_t> best;
  const auto rank = [this](std::size_t index) {
    const Progress& progress = progress_[index];
    return std::tuple(progress.history == history_, progress.offset);
  };
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (can_follow(i) && (!best || rank(i) > rank(*best))) best = i;
  }
  return best;
}

void QueueCluster::promote(Done<Outcome> done) {
  if (promoting_) return done(std::unexpected("another promotion is under way"));
  const std::optional<std::size_t> candidate = most_advanced();
  if (!candidate) return done(std::unexpected("no replica can be promoted"));
  promoting_ = true;
  kernel_.at(kernel_.now() + options_.promotion,
             [this, candidate = *candidate, done = std::move(done)] {
               promoting_ = false;
               done(finish_promotion(candidate));
             });
}

QueueCluster::Outcome QueueCluster::finish_promotion(std::size_t candidate) {
  if (!can_follow(candidate)) return std::unexpected("the replica went down in its promotion");
  const std::size_t old = primary_;
  const QueueLoss loss = servers_[old]->write_off(servers_[candidate]->image());
  servers_[old]->observe(nullptr);
  primary_ = candidate;
  primary().lead();
  primary().observe(observer_);
  offset_ = progress_[candidate].offset;
  begin_history();
  progress_[candidate] = {.round = progress_[candidate].round + 1};
  if (observer_ != nullptr) observer_->on_queue_promotion(primary().host());
  demote(old);
  pump_all();
  return QueuePromotion{candidate, loss};
}

/// Again and again until it has been reached. One that is down asks when it starts.
void QueueCluster::demote(std::size_t index) {
  QueueServer& server = *servers_[index];
  const auto follow = [this, index, &server] {
    if (index == primary_ || server.follows()) return;
    server.follow();
    pump(index);
  };
  if (!server.running()) return follow();
  network_.send(primary().host(), server.host(), [&server, follow] {
    if (server.running()) follow();
  });
  kernel_.at(kernel_.now() + kWatchInterval, [this, index, &server] {
    if (index != primary_ && !server.follows()) demote(index);
  });
}

}  // namespace aftershock::sim
