#include "harness/sweep/plan.h"

#include <algorithm>
#include <tuple>

#include "core/rng.h"

namespace aftershock::sweep {

using delta::Duration;

namespace {

/// How many seeds a scenario has, over all shards.
std::optional<std::uint64_t> seeds_of(const SweepPlan& plan, std::uint32_t scenario) {
  return plan.scenarios.at(scenario).canary ? 1 : plan.seeds.count;
}

/// Of seed number `offset`. Neighbours are spread over the shards, and so is each scenario.
bool in_shard(const SweepPlan& plan, std::uint32_t scenario, std::uint64_t offset) {
  if (plan.scenarios.at(scenario).canary) return true;
  const std::uint64_t of = plan.shard.of;
  return (offset % of + scenario) % of == plan.shard.index - 1;
}

}  // namespace

bool belongs(const SweepPlan& plan, DrillKey key) {
  if (key.scenario >= plan.scenarios.size() || key.seed < plan.seeds.first) return false;
  const std::uint64_t offset = key.seed - plan.seeds.first;
  const auto count = seeds_of(plan, key.scenario);
  return (!count || offset < *count) && in_shard(plan, key.scenario, offset);
}

std::optional<std::uint64_t> planned_drills(const SweepPlan& plan) {
  if (!plan.seeds.count) return std::nullopt;
  const std::uint64_t of = plan.shard.of;
  std::uint64_t drills = 0;
  for (std::uint32_t i = 0; i < plan.scenarios.size(); ++i) {
    if (plan.scenarios[i].canary) continue;
    const std::uint64_t rest = *plan.seeds.count % of;
    drills += *plan.seeds.count / of;
    for (std::uint64_t offset = 0; offset < rest; ++offset) drills += in_shard(plan, i, offset);
  }
  return drills;
}

bool is_rechecked(const SweepPlan& plan, DrillKey key) {
  const std::string& name = plan.scenarios.at(key.scenario).name;
  return delta::Rng(key.seed).stream("recheck " + name).chance_ppm(plan.recheck_ppm);
}

Planner::Planner(const SweepPlan& plan) : plan_(plan), progress_(plan.scenarios.size()) {
  for (std::uint32_t i = 0; i < plan.scenarios.size(); ++i) skip_done(i);
}

Duration Planner::Progress::expected() const {
  if (finished == 0) return spent;
  return spent +
         spent / static_cast<std::int64_t>(finished) * static_cast<std::int64_t>(begun - finished);
}

void Planner::skip_done(std::uint32_t scenario) {
  Progress& progress = progress_[scenario];
  const auto count = seeds_of(plan_, scenario);
  const std::uint64_t most = ~std::uint64_t{0} - plan_.seeds.first;
  while (!progress.exhausted) {
    const bool over = (count && progress.offset >= *count);
    const bool left = !over && in_shard(plan_, scenario, progress.offset) &&
                      progress.done_ahead.erase(plan_.seeds.first + progress.offset) == 0;
    if (left) return;
    progress.exhausted = over || progress.offset == most;
    if (!progress.exhausted) ++progress.offset;
  }
}

bool Planner::done_before(DrillKey key, Duration wall) {
  if (!belongs(plan_, key)) return false;
  Progress& progress = progress_[key.scenario];
  const std::uint64_t next = plan_.seeds.first + progress.offset;
  if (progress.exhausted || key.seed < next) return false;
  if (!progress.done_ahead.insert(key.seed).second) return false;
  ++progress.begun;
  took(key, wall);
  skip_done(key.scenario);
  return true;
}

bool Planner::has_next() const {
  return std::ranges::any_of(progress_, [](const Progress& each) { return !each.exhausted; });
}

std::optional<DrillKey> Planner::next() {
  std::optional<std::uint32_t> best;
  const auto urgency = [this](std::uint32_t i) {
    return std::tuple(!plan_.scenarios[i].canary, progress_[i].expected(), progress_[i].begun);
  };
  for (std::uint32_t i = 0; i < progress_.size(); ++i) {
    if (!progress_[i].exhausted && (!best || urgency(i) < urgency(*best))) best = i;
  }
  if (!best) return std::nullopt;
  Progress& progress = progress_[*best];
  const DrillKey key{*best, plan_.seeds.first + progress.offset};
  ++progress.begun;
  // As if it were done: it is not handed out again.
  progress.done_ahead.insert(key.seed);
  skip_done(*best);
  return key;
}

void Planner::took(DrillKey key, Duration wall) {
  Progress& progress = progress_.at(key.scenario);
  ++progress.finished;
  progress.spent += wall;
}

}  // namespace aftershock::sweep
