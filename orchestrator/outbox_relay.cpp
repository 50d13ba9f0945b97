#include "orchestrator/outbox_relay.h"

#include <algorithm>

namespace delta {

namespace {

constexpr std::size_t kMostAtOnce = 100;

}  // namespace

OutboxRelay::OutboxRelay(OrchestratorContext& context)
    : context_(context), monitor_(context.ports.runtime.tasks.make_monitor()) {}

void OutboxRelay::start(bool adopts) {
  context_.ports.runtime.tasks.spawn("outbox-publish", [this] { publish_loop(); });
  if (!adopts) return;
  context_.ports.runtime.tasks.spawn("outbox-adopt", [this] { adopt_loop(); });
}

void OutboxRelay::wake() {
  const Lock lock(*monitor_);
  monitor_->notify_all();
}

void OutboxRelay::add(const std::vector<PendingDispatch>& dispatches) { take(dispatches); }

std::size_t OutboxRelay::take(const std::vector<PendingDispatch>& dispatches) {
  if (dispatches.empty()) return 0;
  const MonoTime now = context_.now();
  const Lock lock(*monitor_);
  std::size_t taken = 0;
  for (const PendingDispatch& dispatch : dispatches) {
    if (!known_.insert(dispatch.serial).second) continue;
    waiting_[{now + dispatch.delay, dispatch.serial}] = dispatch.attempt;
    ++taken;
  }
  monitor_->notify_all();
  return taken;
}

Duration OutboxRelay::lag() const {
  const Lock lock(*monitor_);
  MonoTime first = publishing_.value_or(kNoDeadline);
  if (!waiting_.empty()) first = std::min(first, waiting_.begin()->first.first);
  const MonoTime now = context_.now();
  return first < now ? now - first : Duration(0);
}

std::vector<PendingDispatch> OutboxRelay::next_due() {
  std::vector<PendingDispatch> due;
  Lock lock(*monitor_);
  while (due.empty() && !context_.stop.requested()) {
    const MonoTime now = context_.now();
    while (!waiting_.empty() && waiting_.begin()->first.first <= now && due.size() < kMostAtOnce) {
      const auto first = waiting_.begin();
      if (due.empty()) publishing_ = first->first.first;
      due.push_back({first->first.second, first->second, 0s});
      waiting_.erase(first);
    }
    if (due.empty()) {
      monitor_->wait_until(waiting_.empty() ? kNoDeadline : waiting_.begin()->first.first);
    }
  }
  return due;
}

void OutboxRelay::publish_loop() {
  Connection connection(context_.ports.database, context_.database);
  for (;;) {
    const std::vector<PendingDispatch> due = next_due();
    if (due.empty()) return;
    while (!publish(due)) {
      if (!context_.stop.sleep_until(context_.queue.next_try())) return;
    }
    forget(connection, due);
  }
}

bool OutboxRelay::publish(const std::vector<PendingDispatch>& due) {
  if (!context_.queue.allow()) return false;
  std::vector<AttemptId> attempts;
  for (const PendingDispatch& dispatch : due) attempts.push_back(dispatch.attempt);
  const MonoTime begun = context_.now();
  if (!context_.queue.counted(context_.ports.queue.publish(attempts))) return false;
  context_.queue.answered(begun);
  const Lock lock(*monitor_);
  publishing_.reset();
  return true;
}

/// Published rows leave the outbox. If that fails, somebody publishes them again: harmless.
void OutboxRelay::forget(Connection& connection, const std::vector<PendingDispatch>& published) {
  std::vector<std::uint64_t> serials;
  for (const PendingDispatch& dispatch : published) serials.push_back(dispatch.serial);
  if (Session* session = connection.session()) {
    if (session->delete_outbox(serials)) {
      connection.worked();
    } else {
      connection.lost();
    }
  }
  const Lock lock(*monitor_);
  for (const std::uint64_t serial : serials) known_.erase(serial);
}

void OutboxRelay::adopt_loop() {
  Connection connection(context_.ports.database, context_.database);
  while (context_.next_round(BackgroundJob::adopt, context_.settings.outbox_interval)) {
    const MonoTime begun = context_.now();
    Session* session = connection.session();
    if (session == nullptr) {
      context_.count(BackgroundJob::adopt, begun, false);
      continue;
    }
    const auto found = session->find(FindOutbox{.age = context_.settings.outbox_interval});
    context_.count(BackgroundJob::adopt, begun, found.has_value());
    if (!found) {
      connection.lost();
      continue;
    }
    connection.worked();
    std::vector<PendingDispatch> left_behind;
    for (const OutboxRow& row : found->outbox) left_behind.push_back({row.serial, row.attempt, 0s});
    context_.count_items(BackgroundJob::adopt, take(left_behind));
  }
}

}  // namespace delta
