#include "orchestrator/dispatcher.h"

#include <algorithm>

#include "orchestrator/replies.h"

namespace delta {

namespace {

/// Entries that come from the database have no queue entry to acknowledge.
constexpr std::uint64_t kNoEntry = 0;
constexpr Duration kFallbackInterval = 1s;
constexpr std::uint32_t kMostSlots = 1000;
constexpr std::size_t kMostWaiting = 100'000;
/// A queue that is silent, not empty, must show as a failure soon.
constexpr Duration kLongestReceive = 10s;

std::uint64_t runner_actor(const RunnerId& runner) { return runner.lo; }

}  // namespace

Dispatcher::Dispatcher(OrchestratorContext& context, Committer& committer)
    : context_(context),
      committer_(committer),
      monitor_(context.ports.runtime.tasks.make_monitor()) {}

void Dispatcher::start() {
  context_.ports.runtime.tasks.spawn("dispatch", [this] { dispatch_loop(); });
  context_.ports.runtime.tasks.spawn("dispatch-ack", [this] { acknowledge_loop(); });
}

void Dispatcher::wake() {
  const Lock lock(*monitor_);
  monitor_->notify_all();
}

bool Dispatcher::is_starving() const {
  const Lock lock(*monitor_);
  return starving_ && !waiting_.empty();
}

void Dispatcher::wait_for_work(AcquireRequest request, Responder respond) {
  if (request.wait <= 0s) {
    // A repetition after a lost answer: whatever the key holds, and nothing new.
    return grant({std::move(request), std::move(respond), {}}, {});
  }
  request.wait = std::min(request.wait, context_.settings.long_poll);
  request.slots = std::min(request.slots, kMostSlots);
  Lock lock(*monitor_);
  if (closed_ || waiting_.size() >= kMostWaiting) {
    lock.unlock();
    return respond(
        failure_reply(Status::unavailable, "the orchestrator is stopping or overloaded"));
  }
  const MonoTime deadline = context_.now() + request.wait;
  const auto after = std::ranges::upper_bound(waiting_, deadline, {}, &Waiting::deadline);
  waiting_.insert(after, Waiting{std::move(request), std::move(respond), deadline});
  monitor_->notify_all();
}

std::optional<Dispatcher::Demand> Dispatcher::next_demand() {
  Lock lock(*monitor_);
  while (waiting_.empty() && !context_.stop.requested()) monitor_->wait_until(kNoDeadline);
  if (context_.stop.requested()) return std::nullopt;
  starving_ = true;  // until the look that begins now finds something
  Demand demand;
  for (const Waiting& waiting : waiting_) demand.slots += waiting.request.slots;
  demand.until = waiting_.front().deadline;
  return demand;
}

void Dispatcher::dispatch_loop() {
  Connection connection(context_.ports.database, context_.database);
  while (auto demand = next_demand()) {
    demand->slots = allowed(connection, demand->slots);
    if (demand->slots > 0) {
      assign(fetch(connection, *demand));
    } else {
      hold_back(*demand);
    }
    answer_late(context_.now());
  }
  {
    const Lock lock(*monitor_);
    closed_ = true;
  }
  answer_late(kNoDeadline);
}

std::uint32_t Dispatcher::allowed(Connection& connection, std::uint32_t wanted) {
  const std::uint32_t most = context_.policy.most_leases();
  if (most == 0) return wanted;
  std::uint64_t taken = 0;
  {
    // Counted before the look: what is committed in between counts twice, never not at all.
    const Lock lock(*monitor_);
    taken = granting_;
  }
  Session* session = connection.session();
  if (session == nullptr) return 0;
  const auto found = session->find(FindLoad{});
  if (!found) {
    connection.lost();
    return 0;
  }
  connection.worked();
  taken += found->load->live_leases;
  return taken >= most ? 0 : std::min(wanted, static_cast<std::uint32_t>(most - taken));
}

void Dispatcher::hold_back(const Demand& demand) {
  {
    const Lock lock(*monitor_);
    starving_ = false;  // what waits in the queue is not lost
  }
  context_.stop.sleep_until(std::min(context_.now() + kFallbackInterval, demand.until));
}

std::vector<QueueEntry> Dispatcher::fetch(Connection& connection, const Demand& demand) {
  // With a fallback, probing a queue that is down is left to the publishers: a probe that hangs
  // would keep waiting runners from work that the database knows of.
  const bool fallback = context_.settings.dispatch_fallback;
  const bool try_queue = fallback ? !context_.queue.is_down() : context_.queue.allow();
  if (try_queue) return fetch_from_queue(demand);
  std::vector<QueueEntry> entries;
  if (fallback) entries = fetch_from_database(connection, demand);
  if (entries.empty()) context_.stop.sleep_until(context_.now() + kFallbackInterval);
  return entries;
}

std::vector<QueueEntry> Dispatcher::fetch_from_queue(const Demand& demand) {
  const Duration wait = std::clamp(demand.until - context_.now(), Duration(0), kLongestReceive);
  auto received = context_.queue.counted(
      context_.ports.queue.receive(demand.slots, wait, context_.settings.queue_visibility));
  if (received) return std::move(*received);
  context_.stop.sleep_until(std::min(context_.queue.next_try(), demand.until));
  return {};
}

std::vector<QueueEntry> Dispatcher::fetch_from_database(Connection& connection,
                                                        const Demand& demand) {
  std::vector<QueueEntry> entries;
  Session* session = connection.session();
  if (session == nullptr) return entries;
  const auto found = session->find(FindDispatchable{.limit = demand.slots});
  if (!found) {
    connection.lost();
    return entries;
  }
  connection.worked();
  for (const AttemptId attempt : found->attempts) entries.push_back({kNoEntry, attempt});
  return entries;
}

void Dispatcher::assign(std::vector<QueueEntry> entries) {
  std::vector<std::pair<Waiting, std::vector<QueueEntry>>> assigned;
  {
    const Lock lock(*monitor_);
    if (!entries.empty()) starving_ = false;
    std::size_t next = 0;
    while (next < entries.size() && !waiting_.empty()) {
      const std::size_t share =
          std::min<std::size_t>(waiting_.front().request.slots, entries.size() - next);
      const auto first = entries.begin() + static_cast<std::ptrdiff_t>(next);
      assigned.emplace_back(
          std::move(waiting_.front()),
          std::vector<QueueEntry>(first, first + static_cast<std::ptrdiff_t>(share)));
      waiting_.pop_front();
      next += share;
    }
    // Entries beyond the demand stay unacknowledged: the queue hands them out again.
  }
  for (auto& [waiting, share] : assigned) grant(std::move(waiting), share);
}

void Dispatcher::grant(Waiting waiting, const std::vector<QueueEntry>& entries) {
  const AcquireRequest& request = waiting.request;
  Work work;
  work.operation = OperationKey{request.operation, mix_digest(request.runner)};
  const TokenHash token_hash = hash_token(request.token);
  std::vector<AttemptId> attempts;
  std::vector<std::uint64_t> ids;
  for (const QueueEntry& entry : entries) {
    attempts.push_back(entry.attempt);
    if (entry.id != kNoEntry) ids.push_back(entry.id);
    work.messages.push_back({Acquire{entry.attempt, request.runner, token_hash},
                             {ActorKind::runner, runner_actor(request.runner)},
                             context_.nonce()});
  }
  // A key that was answered before is not decided again: then its entries are for somebody else.
  const auto decided = std::make_shared<bool>(false);
  work.reply = [decided, attempts = std::move(attempts)](const Decided& of_work) {
    *decided = true;
    return grants_reply(of_work, attempts);
  };
  work.respond = [this, decided, begun = context_.now(), granting = entries.size(),
                  ids = std::move(ids), respond = std::move(waiting.respond)](Response response) {
    if (response.status == Status::ok && *decided && granting > 0) {
      context_.metrics.observe(Metric::claim_duration, context_.now() - begun);
    }
    {
      const Lock lock(*monitor_);
      granting_ -= granting;
      if (response.status == Status::ok && *decided && !ids.empty()) {
        handled_.insert(handled_.end(), ids.begin(), ids.end());
        monitor_->notify_all();
      }
    }
    respond(std::move(response));
  };
  {
    const Lock lock(*monitor_);
    granting_ += entries.size();
  }
  committer_.submit(std::move(work));
}

void Dispatcher::answer_late(MonoTime now) {
  std::vector<Responder> late;
  {
    const Lock lock(*monitor_);
    while (!waiting_.empty() && waiting_.front().deadline <= now) {
      late.push_back(std::move(waiting_.front().respond));
      waiting_.pop_front();
    }
  }
  for (const Responder& respond : late) respond(empty_grants());
}

void Dispatcher::acknowledge_loop() {
  while (!context_.stop.requested()) {
    std::vector<std::uint64_t> ids;
    {
      Lock lock(*monitor_);
      while (handled_.empty() && !context_.stop.requested()) monitor_->wait_until(kNoDeadline);
      ids.swap(handled_);
    }
    // An entry whose acknowledgement is lost comes again and is refused: no retry needed.
    if (!ids.empty() && context_.queue.allow()) {
      static_cast<void>(context_.queue.counted(context_.ports.queue.acknowledge(ids)));
    }
  }
}

}  // namespace delta
