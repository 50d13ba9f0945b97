#include "harness/shrink/trials.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "harness/scenario/loader.h"
#include "harness/scenario/writer.h"

namespace aftershock::shrink {

std::optional<Found> Trials::first_failing(std::span<const Scenario> candidates,
                                           std::span<const Chance> chances, const Flaws& most) {
  if (stopped_) return std::nullopt;
  std::vector<std::optional<Scenario>> read(candidates.size());
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::string text = write_scenario(candidates[i]);
    auto scenario = parse_scenario(text, candidates[i].path);
    if (!scenario) continue;
    read[i] = std::move(*scenario);
    for (const Chance& chance : chances) trials.push_back({i, &*read[i], chance, {text, chance}});
  }
  run(trials, most);
  for (Trial& trial : trials) {
    if (!trial.known) break;  // stopped, or behind one that fails
    const auto [entry, fresh] = known_.emplace(std::move(trial.key), trial.flaws);
    if (fresh) ++drills_;
    if (trial.flaws && trial.flaws->no_worse_than(most)) {
      return Found{trial.candidate, std::move(*read[trial.candidate]), trial.chance, *trial.flaws};
    }
  }
  return std::nullopt;
}

/// Makes the trials from the first on, up to one that fails; those after it may have been begun by
/// then, and are not looked at.
void Trials::run(std::vector<Trial>& trials, const Flaws& most) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> failing = trials.size();
  std::atomic<bool> stopped = false;
  const auto work = [&] {
    for (std::size_t i = next++; i < trials.size() && i < failing; i = next++) {
      Trial& trial = trials[i];
      if (const auto found = known_.find(trial.key); found != known_.end()) {
        trial.flaws = found->second;
      } else if (options_.stop()) {
        stopped = true;
        return;
      } else {
        trial.flaws = options_.oracle(*trial.scenario, trial.chance);
      }
      trial.known = true;
      if (!trial.flaws || !trial.flaws->no_worse_than(most)) continue;
      std::size_t before = failing;
      while (i < before && !failing.compare_exchange_weak(before, i)) {
      }
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < options_.jobs && i < trials.size(); ++i) helpers.emplace_back(work);
  work();
  helpers.clear();  // waits for them
  stopped_ = stopped_ || stopped;
}

}  // namespace aftershock::shrink
