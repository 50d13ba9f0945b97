#include "harness/shrink/shrink.h"

#include <algorithm>
#include <limits>

#include "harness/scenario/writer.h"
#include "harness/schedule.h"
#include "harness/shrink/aspects.h"
#include "harness/shrink/edits.h"
#include "harness/shrink/simpler.h"

namespace aftershock::shrink {
namespace {

constexpr Flaws kAnyFlaws{.doubts = std::numeric_limits<std::size_t>::max(),
                          .others = std::numeric_limits<std::size_t>::max()};

class Shrinker {
 public:
  Shrinker(const Scenario& scenario, Chance chance, Options options)
      : options_(std::move(options)),
        trials_(options_.trials),
        smallest_(scenario),
        chance_(chance) {}

  std::optional<Shrunk> run() {
    const bool random = smallest_.nemesis.has_value();
    if (!take({smallest_}, {chance_}, "nothing")) return std::nullopt;
    // The judge asks more of faults that are written out: what it finds is not the candidates'.
    if (random) flaws_ = kAnyFlaws;
    take({written_out(smallest_, chance_.seed)}, {chance_}, "what the seed draws");
    do {
      simplify_schedule();
      while (round({chance_})) {
      }
      while (round(chances(options_.few))) {
      }
    } while (shorten_all(chances(options_.others.size())));
    take({with_plain_ids(smallest_)}, {chance_}, "names");
    std::vector<Chance> last = chances(options_.others.size());
    last.erase(last.begin());
    take({smallest_}, last, "the seed");
    return Shrunk{smallest_, chance_, trials_.drills(), !trials_.stopped()};
  }

 private:
  /// Its own, and the first `most` of the others.
  std::vector<Chance> chances(std::size_t most) const {
    std::vector<Chance> all{chance_};
    for (const std::uint64_t seed : options_.others) {
      if (most-- == 0) break;
      if (seed != chance_.seed) all.push_back({seed, chance_.schedule});
    }
    return all;
  }

  /// The default schedule needs no word in a command; fewer choices are fewer numbers in it.
  void simplify_schedule() {
    for (;;) {
      std::vector<Chance> simpler;
      for (std::string& schedule : simpler_schedules(chance_.schedule)) {
        simpler.push_back({chance_.seed, std::move(schedule)});
      }
      if (!take({smallest_}, simpler, "the schedule")) break;
    }
    const ScheduleSpec whole = parse_schedule(chance_.schedule).value();
    minimal_part(whole.deviations.size(), 0,
                 [&](const std::vector<Kept>& parts) -> std::optional<std::size_t> {
                   std::vector<Chance> fewer;
                   for (const Kept& part : parts) {
                     ScheduleSpec schedule = whole;
                     schedule.deviations = part_of(whole.deviations, part);
                     fewer.push_back({chance_.seed, text_of(schedule)});
                   }
                   if (!take({smallest_}, fewer, "choices of the schedule")) return std::nullopt;
                   const auto taken = std::ranges::find(fewer, chance_);
                   return static_cast<std::size_t>(taken - fewer.begin());
                 });
  }

  /// Whether anything became simpler.
  bool round(const std::vector<Chance>& by) {
    bool simpler = shorten_all(by);
    // What may need a longer observation comes before the observation, and what makes drills cheap
    // before what needs many of them.
    for (const auto& group :
         {setting_aspects(), time_aspects(), cluster_aspects(), workload_aspects(),
          fault_aspects(smallest_), step_aspects(smallest_), time_aspects()}) {
      for (const Aspect& aspect : group) simpler = simplify(aspect, by) || simpler;
    }
    return simpler && !trials_.stopped();
  }

  bool shorten_all(const std::vector<Chance>& by) {
    bool shorter = false;
    for (const ListAspect& list : list_aspects()) shorter = shorten(list, by) || shorter;
    return shorter && !trials_.stopped();
  }

  bool shorten(const ListAspect& list, const std::vector<Chance>& by) {
    const Scenario whole = smallest_;
    const std::size_t count = list.size(whole);
    if (count <= list.fewest) return false;
    const Kept kept = minimal_part(count, list.fewest, [&](const std::vector<Kept>& parts) {
      std::vector<Scenario> candidates;
      for (const Kept& part : parts) candidates.push_back(list.part(whole, part));
      return take(candidates, by, list.name);
    });
    return kept.size() < count;
  }

  bool simplify(const Aspect& aspect, const std::vector<Chance>& by) {
    bool simpler = false;
    for (;;) {
      std::vector<Scenario> candidates = aspect.simpler(smallest_);
      const std::string now = write_scenario(smallest_);
      std::erase_if(candidates,
                    [&now](const Scenario& candidate) { return write_scenario(candidate) == now; });
      if (!take(candidates, by, aspect.name)) return simpler;
      simpler = true;
    }
  }

  /// The first candidate that still fails becomes the smallest; its index.
  std::optional<std::size_t> take(const std::vector<Scenario>& candidates,
                                  const std::vector<Chance>& by, const std::string& what) {
    options_.progress(
        {what, smallest_, chance_, trials_.drills(), trials_.drills() - last_success_});
    auto found = trials_.first_failing(candidates, by, flaws_);
    if (!found) return std::nullopt;
    smallest_ = std::move(found->scenario);
    chance_ = found->chance;
    flaws_ = found->flaws;
    last_success_ = trials_.drills();
    return found->candidate;
  }

  const Options options_;
  Trials trials_;
  Scenario smallest_;
  Chance chance_;
  Flaws flaws_ = kAnyFlaws;       ///< never more than before, so that the outcome is no worse
  std::size_t last_success_ = 0;  ///< drills until then
};

}  // namespace

std::optional<Shrunk> shrink(const Scenario& scenario, const Chance& chance, Options options) {
  return Shrinker(scenario, chance, std::move(options)).run();
}

}  // namespace aftershock::shrink
