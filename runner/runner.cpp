#include "runner/runner.h"

#include "core/check.h"

namespace delta {

Runner::Runner(RunnerPorts ports, const Settings& settings, std::uint32_t slots, std::string name)
    : context_(ports, settings),
      slots_(slots),
      name_(std::move(name)),
      monitor_(ports.runtime.tasks.make_monitor()) {
  CHECK(problems(settings).empty() && slots > 0);
}

void Runner::start() {
  context_.ports.runtime.tasks.spawn("acquire", [this] { acquire_loop(); });
  context_.ports.runtime.tasks.spawn("heartbeat", [this] { heartbeat_loop(); });
}

void Runner::stop() {
  context_.stop.request();
  const Lock lock(*monitor_);
  monitor_->notify_all();
  if (open_acquire_) {
    context_.ports.runtime.tasks.spawn("withdraw", [this] { withdraw(); });
  }
}

bool Runner::drained() const {
  const Lock lock(*monitor_);
  return held_.empty() && !open_acquire_;
}

std::uint32_t Runner::free_slots() {
  Lock lock(*monitor_);
  while (held_.size() >= slots_ && !context_.stop.requested()) {
    monitor_->wait_until(kNoDeadline);
  }
  if (context_.stop.requested()) return 0;
  return slots_ - static_cast<std::uint32_t>(held_.size());
}

void Runner::acquire_loop() {
  while (const std::uint32_t slots = free_slots()) {
    AcquireRequest request{random_id<OperationId>(context_.ports.runtime.random),
                           context_.id,
                           random_id<Token>(context_.ports.runtime.random),
                           slots,
                           context_.settings.long_poll,
                           statistics()};
    if (!open(request)) return;
    const auto answer = acquire(request);
    close(request, answer);
    if (!answer || answer->status != Status::ok) context_.client.pause();
  }
}

bool Runner::open(const AcquireRequest& request) {
  const Lock lock(*monitor_);
  if (context_.stop.requested()) return false;
  open_acquire_ = request;
  return true;
}

std::optional<Response> Runner::acquire(const AcquireRequest& request) {
  auto answer = context_.client.call(
      request, context_.settings.long_poll + context_.settings.request_timeout);
  if (answer) return std::move(*answer);
  if (answer.error().kind != CallFailure::no_reply) return std::nullopt;
  return settle(request);
}

std::optional<Response> Runner::settle(AcquireRequest request) {
  // Work may have been leased to us. Asking again with the same key gives the same leases, or
  // makes sure that the first request can no longer take any.
  request.wait = 0s;
  const MonoTime give_up = context_.now() + context_.settings.ack_window;
  return context_.client.call_until_settled(request,
                                            [this, give_up] { return context_.now() < give_up; });
}

void Runner::withdraw() {
  std::optional<AcquireRequest> request;
  {
    const Lock lock(*monitor_);
    request = open_acquire_;
  }
  if (!request) return;  // answered meanwhile
  // What it was granted is run to its end; without an answer it is lost to us, and not started.
  close(*request, settle(*request));
}

void Runner::close(const AcquireRequest& request, const std::optional<Response>& answer) {
  std::vector<std::pair<std::shared_ptr<HeldLease>, Grant>> jobs;
  {
    const Lock lock(*monitor_);
    if (!open_acquire_ || open_acquire_->operation != request.operation) return;
    open_acquire_.reset();
    const bool ok = answer && answer->status == Status::ok;
    const auto* reply = ok ? std::get_if<AcquireReply>(&answer->body) : nullptr;
    for (const Grant& grant : reply != nullptr ? reply->grants : std::vector<Grant>{}) {
      const auto held = std::make_shared<HeldLease>(context_.ports.runtime,
                                                    Lease{grant.ref, grant.epoch, request.token});
      held_[grant.ref.attempt] = held;
      jobs.emplace_back(held, grant);
    }
    monitor_->notify_all();
  }
  for (const auto& [held, grant] : jobs) {
    context_.ports.runtime.tasks.spawn("job", [this, held, grant] { run_job(held, grant); });
  }
}

void Runner::run_job(const std::shared_ptr<HeldLease>& held, const Grant& grant) {
  JobTask(context_, held, grant.spec, grant.checkpoint).run();
  const Lock lock(*monitor_);
  held_.erase(held->lease().ref.attempt);
  ++finished_;
  monitor_->notify_all();
}

bool Runner::wait_for_leases() {
  Lock lock(*monitor_);
  while (held_.empty() && !context_.stop.requested()) monitor_->wait_until(kNoDeadline);
  return !held_.empty();
}

std::vector<std::shared_ptr<HeldLease>> Runner::started_leases() const {
  std::vector<std::shared_ptr<HeldLease>> leases;
  const Lock lock(*monitor_);
  for (const auto& [attempt, held] : held_) {
    if (held->started()) leases.push_back(held);
  }
  return leases;
}

RunnerStatistics Runner::statistics() const {
  const Lock lock(*monitor_);
  return {.slots = slots_,
          .busy_slots = static_cast<std::uint32_t>(held_.size()),
          .upload_failures = context_.upload_failures,
          .secret_failures = context_.secret_failures,
          .finished = finished_,
          .name = name_};
}

void Runner::heartbeat_loop() {
  // A start renews the lease, so the first heartbeat is due one interval later.
  while (wait_for_leases()) {
    context_.ports.runtime.clock.sleep_until(context_.now() + context_.settings.heartbeat_interval);
    while (!renew(started_leases())) context_.client.pause();
  }
}

bool Runner::renew(const std::vector<std::shared_ptr<HeldLease>>& leases) {
  if (leases.empty()) return true;
  HeartbeatRequest request{context_.id, {}, statistics()};
  for (const auto& held : leases) request.leases.push_back(held->lease());
  const MonoTime sent = context_.now();
  const auto answer = context_.client.call(request, context_.settings.request_timeout);
  if (!answer) return false;
  const auto* reply = std::get_if<HeartbeatReply>(&answer->body);
  if (reply == nullptr || reply->leases.size() != leases.size()) return false;
  for (std::size_t i = 0; i < leases.size(); ++i) apply(reply->leases[i], *leases[i], sent);
  return true;
}

void Runner::apply(const LeaseStatus& status, HeldLease& held, MonoTime sent) {
  if (status.refused) {
    held.interrupt(Interrupt::lost);
  } else if (status.cancel) {
    held.interrupt(Interrupt::cancelled);
  } else {
    held.renewed(context_.work_until(sent, status.ttl));
  }
}

}  // namespace delta
