#include "harness/engine/checklist.h"

#include <algorithm>
#include <array>

#include "core/replies.h"
#include "core/states.h"
#include "reports/text.h"

namespace aftershock {

using namespace std::chrono_literals;
using delta::Metric;

namespace {

/// The source document's: a task that is due starts within half a minute.
constexpr Duration kOnTime = 30s;
/// What a damaged or half restored database breaks.
constexpr std::array<std::string_view, 6> kIntegrity{"legal-transition", "dependency-order",
                                                     "roll-up",          "audit-replays",
                                                     "no-orphans",       "artifacts-accounted"};

struct Look {
  const Scenario& scenario;
  const ChecklistFacts& facts;
  const DrillReport& report;

  CheckReport processes() const {
    CheckReport found{.ok = true};
    for (const Role role : kChecklistRoles) {
      const Presence& there = facts.presence.at(role);
      if (!scenario.cluster.lacks(role).empty()) continue;
      found.seen += (found.seen.empty() ? "" : ", ") + std::string(name_of(role)) + " " +
                    std::to_string(there.up) + " of " + std::to_string(there.all);
      found.ok = found.ok && there.complete();
    }
    return found;
  }

  CheckReport is_ready(Role role) const {
    const Readiness& found = facts.ready.at(role);
    return {.seen = found.seen, .ok = found.ready};
  }

  CheckReport database() const {
    CheckReport found = is_ready(Role::kDatabase);
    std::string broken;
    for (const ViolationReport& violation : report.violations) {
      if (std::ranges::find(kIntegrity, violation.invariant) == kIntegrity.end()) continue;
      broken += (broken.empty() ? "" : ", ") + violation.invariant;
    }
    found.ok = found.ok && broken.empty() && report.rpo.dangling == 0;
    found.seen += "; " + (broken.empty() ? "its rows are consistent" : "broken: " + broken) + ", " +
                  std::to_string(report.rpo.dangling) + " dangling references";
    return found;
  }

  CheckReport api() const {
    CheckReport found = is_ready(Role::kOrchestrator);
    found.ok = found.ok && facts.calls > 0;
    found.seen += "; " + std::to_string(facts.calls) + " requests of clients answered";
    return found;
  }

  CheckReport schedules() const {
    const Role role = scenario.cluster.schedulers ? Role::kScheduler : Role::kOrchestrator;
    CheckReport found = is_ready(role);
    const std::int64_t fires = growth(Metric::schedule_fires_total);
    std::int64_t latest = 0;
    for (const Scrape& scrape : facts.scrapes) {
      for (const auto& endpoint : scrape.endpoints) {
        if (endpoint) latest = std::max(latest, endpoint->value(Metric::schedule_lag).value_or(0));
      }
    }
    found.ok = found.ok && fires > 0 && Duration(latest) <= kOnTime;
    found.seen +=
        "; " + std::to_string(fires) + " fires, at most " + rounded_up(Duration(latest)) + " late";
    return found;
  }

  CheckReport runners() const {
    CheckReport found = is_ready(Role::kRunner);
    const auto granted = std::size_t(delta::LeaseState::granted);
    const auto succeeded = std::size_t(delta::JobState::succeeded);
    const std::int64_t leases = growth(Metric::leases_total, granted);
    const std::int64_t jobs = growth(Metric::jobs_total, succeeded);
    found.ok = found.ok && leases > 0 && jobs > 0;
    found.seen += "; " + std::to_string(leases) + " leases granted, " + std::to_string(jobs) +
                  " jobs succeeded";
    return found;
  }

  CheckReport monitoring() const {
    CheckReport found = is_ready(Role::kMonitoring);
    const auto answers = [](const auto& endpoint) { return endpoint.has_value(); };
    found.ok = found.ok && !facts.scrapes.empty() &&
               std::ranges::all_of(facts.scrapes.back().endpoints, answers);
    found.seen += found.ok ? ", every orchestrator answers" : ", not every orchestrator answers";
    std::string firing;
    for (const AlertReport& alert : report.alerts) {
      const bool fires =
          alert.at <= facts.until && (!alert.resolved || *alert.resolved > facts.until);
      if (fires) firing += (firing.empty() ? "" : ", ") + alert.name;
    }
    found.ok = found.ok && firing.empty();
    found.seen += firing.empty() ? "; no alert fires" : "; firing: " + firing;
    return found;
  }

  CheckReport errors() const {
    const std::int64_t all =
        growth(Metric::answers_total, std::size_t(delta::Status::unavailable)) +
        growth(Metric::answers_total, std::size_t(delta::Status::unknown));
    return {.seen = std::to_string(all) + " requests answered with unavailable or unknown",
            .ok = facts.scrapes.size() > 1 && all == 0};
  }

  CheckReport test_task() const {
    if (facts.test_task) return {.seen = facts.test_task->detail, .ok = facts.test_task->done};
    const auto good = std::ranges::count_if(facts.canaries, &CanarySample::ok);
    const auto all = std::ssize(facts.canaries);
    return {.seen = std::to_string(good) + " of " + std::to_string(all) + " canaries succeeded",
            .ok = all > 0 && good == all};
  }

  CheckReport performance() const {
    CheckReport found{.ok = true};
    for (const ThresholdReport& threshold : report.thresholds) {
      found.seen += (found.seen.empty() ? "" : ", ") + threshold.expression + ": " +
                    threshold.measured.value_or("not measured");
      found.ok = found.ok && threshold.met;
    }
    return found;
  }

  CheckReport at(Check check) const {
    switch (check) {
      case Check::kProcesses: return processes();
      case Check::kDatabase: return database();
      case Check::kQueue: return is_ready(Role::kQueue);
      case Check::kApi: return api();
      case Check::kSchedules: return schedules();
      case Check::kRunners: return runners();
      case Check::kMonitoring: return monitoring();
      case Check::kErrors: return errors();
      case Check::kTestTask: return test_task();
      case Check::kPerformance: return performance();
    }
    return {};
  }

 private:
  std::int64_t growth(Metric metric, std::size_t series = 0) const {
    return facts.scrapes.empty() ? 0 : growth_of(facts.scrapes, metric, series);
  }
};

}  // namespace

std::vector<CheckReport> judge_checklist(const Scenario& scenario, const ChecklistFacts* facts,
                                         const DrillReport& report) {
  std::vector<CheckReport> checks;
  for (const Check check : scenario.checklist) {
    CheckReport found{.seen = "there was no recovery"};
    if (facts != nullptr) found = Look{scenario, *facts, report}.at(check);
    found.check = name_of(check);
    checks.push_back(std::move(found));
  }
  return checks;
}

}  // namespace aftershock
