#include "orchestrator/runner_watch.h"

#include <algorithm>
#include <utility>

namespace delta {

namespace {

/// Of what a runner calls itself, as many bytes are kept.
constexpr std::size_t kLongestName = 100;

/// Both count from the runner's start.
std::int64_t growth(std::uint64_t before, std::uint64_t after) {
  return after > before ? static_cast<std::int64_t>(after - before) : 0;
}

bool turns_away(const Response& response) {
  return response.status == Status::unavailable || response.status == Status::unknown;
}

bool gives_work(const Response& response) {
  const auto* reply = std::get_if<AcquireReply>(&response.body);
  return reply != nullptr && !reply->grants.empty();
}

}  // namespace

RunnerWatch::RunnerWatch(OrchestratorContext& context)
    : context_(context), monitor_(context.ports.runtime.tasks.make_monitor()) {}

std::optional<RunnerWatch::Visit> RunnerWatch::saw(const Request& request) {
  std::optional<Visit> visit;
  if (const auto* acquire = std::get_if<AcquireRequest>(&request)) {
    visit = Visit{acquire->runner, 1};
    note(*visit, acquire->statistics);
  } else if (const auto* heartbeat = std::get_if<HeartbeatRequest>(&request)) {
    visit = Visit{heartbeat->runner, 0};
    note(*visit, heartbeat->statistics);
  }
  return visit;
}

void RunnerWatch::note(const Visit& visit, const RunnerStatistics& told) {
  const Lock lock(*monitor_);
  const auto [entry, is_new] = seen_.try_emplace(visit.runner);
  Seen& seen = entry->second;
  // What it counted before it came here was counted where it was before.
  if (is_new) seen.statistics = told;
  Metrics& metrics = context_.metrics;
  metrics.add(Metric::artifact_upload_failures_total,
              growth(seen.statistics.upload_failures, told.upload_failures));
  metrics.add(Metric::secret_fetch_failures_total,
              growth(seen.statistics.secret_failures, told.secret_failures));
  // Messages overtake each other: what was counted is not counted again.
  const RunnerStatistics before = std::exchange(seen.statistics, told);
  seen.statistics.upload_failures = std::max(before.upload_failures, told.upload_failures);
  seen.statistics.secret_failures = std::max(before.secret_failures, told.secret_failures);
  seen.statistics.finished = std::max(before.finished, told.finished);
  seen.statistics.name.resize(std::min(told.name.size(), kLongestName));
  seen.last = context_.now();
  seen.turned_away = false;
  seen.open_acquires += visit.acquires;
}

void RunnerWatch::answered(const Visit& visit, const Response& response) {
  const Lock lock(*monitor_);
  const auto entry = seen_.find(visit.runner);
  if (entry == seen_.end()) return;
  Seen& seen = entry->second;
  seen.open_acquires -= visit.acquires;
  seen.turned_away = turns_away(response);
  if (gives_work(response)) seen.last = context_.now();
}

void RunnerWatch::forget_gone() {
  const MonoTime oldest = context_.now() - 3 * context_.settings.heartbeat_interval;
  std::erase_if(seen_, [oldest](const auto& entry) {
    return entry.second.open_acquires == 0 && entry.second.last < oldest;
  });
}

ListRunnersReply RunnerWatch::list() {
  ListRunnersReply reply;
  const Lock lock(*monitor_);
  forget_gone();
  const MonoTime now = context_.now();
  for (const auto& [runner, seen] : seen_) {
    const RunnerStatistics& told = seen.statistics;
    reply.runners.push_back({runner, told.name, now - seen.last, seen.open_acquires > 0, told.slots,
                             told.busy_slots, told.finished});
  }
  std::ranges::stable_sort(reply.runners, {}, &RunnerView::name);
  return reply;
}

void RunnerWatch::take_census() {
  const Lock lock(*monitor_);
  forget_gone();
  std::int64_t runners = 0, slots = 0, busy = 0;
  for (const auto& [runner, seen] : seen_) {
    if (seen.turned_away) continue;
    ++runners;
    slots += seen.statistics.slots;
    busy += seen.statistics.busy_slots;
  }
  context_.metrics.set(Metric::runners_seen, runners);
  context_.metrics.set(Metric::runner_slots, slots);
  context_.metrics.set(Metric::runner_slots_busy, busy);
}

}  // namespace delta
