#include "harness/engine/activity.h"

#include <algorithm>
#include <string_view>

#include "core/states.h"

namespace aftershock {
namespace {

using delta::Metric;
using delta::MetricsSnapshot;

/// Of a counter, over the values of its label that are among these.
std::int64_t sum_of(const MetricsSnapshot& snapshot, Metric counter,
                    std::initializer_list<std::string_view> wanted) {
  const auto& values = delta::info_of(counter).labels[0].values;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::ranges::find(wanted, values[i]) == wanted.end()) continue;
    sum += snapshot.at(delta::kFirstSeries.at(std::size_t(counter)) + i).value_or(0);
  }
  return sum;
}

/// A counter that fell was started again.
void grow(std::optional<std::int64_t>& sum, std::int64_t before, std::int64_t after) {
  sum = sum.value_or(0) + (after < before ? after : after - before);
}

/// All that can read it say the same, but not in the same moment.
void raise(std::optional<std::int64_t>& most, std::optional<std::int64_t> value) {
  if (value) most = std::max(most.value_or(*value), *value);
}

}  // namespace

void Activity::add(const delta::doctor::Scrape* scrape, const CallCounts& calls) {
  constexpr std::uint64_t kMillion = 1'000'000;
  Moment moment;
  const std::uint64_t asked = calls.asked - calls_.asked;
  moment.asked = asked > 0;
  if (asked > 0) {
    moment.failed_ppm =
        static_cast<std::int64_t>((calls.failed - calls_.failed) * kMillion / asked);
  }
  calls_ = calls;
  const std::size_t endpoints = scrape != nullptr ? scrape->endpoints.size() : 0;
  counted_.resize(std::max(counted_.size(), endpoints));
  for (std::size_t i = 0; i < endpoints; ++i) {
    const std::optional<MetricsSnapshot>& seen = scrape->endpoints[i];
    if (!seen) continue;
    const Counted now{sum_of(*seen, Metric::jobs_total, {"succeeded", "failed", "timed_out"}),
                      sum_of(*seen, Metric::leases_total, {"expired", "revoked"})};
    const Counted before = counted_[i].value_or(moments_.empty() ? now : Counted{});
    grow(moment.ended, before.ended, now.ended);
    grow(moment.lost, before.lost, now.lost);
    counted_[i] = now;
    raise(moment.queued, seen->value(Metric::queue_depth));
    raise(moment.leased, seen->value(Metric::leases_active));
  }
  moments_.push_back(moment);
}

std::vector<SeriesReport> Activity::series() const {
  SeriesReport ended{"jobs_ended", "jobs"};
  SeriesReport queued{"queue_depth", "attempts"};
  SeriesReport leased{"active_leases", "leases"};
  SeriesReport lost{"lost_leases", "leases"};
  SeriesReport failed{"failed_requests", "ppm"};
  for (const Moment& moment : moments_) {
    ended.values.push_back(moment.ended);
    queued.values.push_back(moment.queued);
    leased.values.push_back(moment.leased);
    lost.values.push_back(moment.lost);
    failed.values.push_back(moment.asked ? std::optional(moment.failed_ppm) : std::nullopt);
  }
  return {ended, queued, leased, lost, failed};
}

}  // namespace aftershock
