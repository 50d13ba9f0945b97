#include "harness/engine/readiness.h"

#include <algorithm>

namespace aftershock {

using namespace std::chrono_literals;
using delta::Metric;
using delta::MetricsSnapshot;

namespace {

constexpr Duration kTimeout = 2s;
/// Two rounds of the scraper.
constexpr Duration kFreshScrape = 10s;

std::string of(std::size_t some, std::size_t all) {
  return std::to_string(some) + " of " + std::to_string(all);
}

bool is_one(const MetricsSnapshot& snapshot, Metric gauge) { return snapshot.value(gauge) == 1; }

/// As /readyz: it has asked the database, and reaches it and the queue.
bool is_healthy(const MetricsSnapshot& snapshot) {
  return snapshot.value(Metric::queue_depth).has_value() && is_one(snapshot, Metric::database_up) &&
         is_one(snapshot, Metric::queue_up);
}

}  // namespace

std::vector<MetricsSnapshot> ReadinessProbe::ask(Role role) const {
  delta::Transport& transport = context_.cluster.scraped();
  const std::size_t with_api = context_.scenario.cluster.orchestrators.count;
  const bool apart = role == Role::kScheduler;
  std::vector<MetricsSnapshot> answers;
  TaskGroup calls(context_.runtime);
  const std::size_t end = apart ? transport.endpoints() : with_api;
  for (std::size_t endpoint = apart ? with_api : 0; endpoint < end; ++endpoint) {
    calls.spawn("readiness", [&transport, &answers, endpoint] {
      auto answer = transport.call(endpoint, delta::MetricsRequest{}, kTimeout);
      auto* reply = answer ? std::get_if<delta::MetricsReply>(&answer->body) : nullptr;
      if (reply != nullptr) answers.push_back(std::move(reply->snapshot));
    });
  }
  calls.wait_for_all();
  return answers;
}

Readiness ReadinessProbe::look_at_services(Role role, Presence presence) const {
  const std::vector<MetricsSnapshot> answers = ask(role);
  const auto healthy = static_cast<std::size_t>(std::ranges::count_if(answers, is_healthy));
  return {presence.complete() && healthy == presence.all,
          of(presence.up, presence.all) + " up, " + std::to_string(healthy) +
              " answer and reach the database and the queue"};
}

Readiness ReadinessProbe::look_at_runners(Presence presence) const {
  std::int64_t seen = 0;
  for (const MetricsSnapshot& snapshot : ask(Role::kOrchestrator)) {
    seen += snapshot.value(Metric::runners_seen).value_or(0);
  }
  return {presence.complete() && seen >= static_cast<std::int64_t>(presence.all),
          of(presence.up, presence.all) + " up, the orchestrators see " + std::to_string(seen)};
}

Readiness ReadinessProbe::look(Role role) const {
  const Presence presence = context_.cluster.presence(role);
  switch (role) {
    case Role::kOrchestrator:
    case Role::kScheduler: return look_at_services(role, presence);
    case Role::kRunner: return look_at_runners(presence);
    case Role::kMonitoring: {
      const auto last = scraper_.last_round();
      const bool fresh = last && *last + kFreshScrape >= context_.since_zero();
      return {presence.complete() && fresh,
              of(presence.up, presence.all) + " up, " + (fresh ? "scrapes" : "does not scrape")};
    }
    case Role::kDatabase:
    case Role::kQueue:
    case Role::kArtifacts:
    case Role::kSecrets:
    case Role::kStandby:
    case Role::kQueueReplica:
    case Role::kRegion: break;
  }
  return {presence.complete(), presence.complete() ? "takes connections" : "takes no connections"};
}

}  // namespace aftershock
