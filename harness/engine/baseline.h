// Whether the service is as good as it was once it has recovered: the thresholds of a scenario,
// measured from outside. Pure, but for the transport that times calls. Definitions:
// docs/MEASUREMENT.md.
#pragma once

#include <span>
#include <vector>

#include "core/ports/runtime.h"
#include "core/ports/transport.h"
#include "harness/alerts/scrape_history.h"
#include "harness/engine/activity.h"
#include "harness/scenario/threshold.h"
#include "reports/report.h"

namespace aftershock {

/// A request of a client that was answered.
struct AnsweredCall {
  delta::MonoTime sent{};
  delta::Duration took{};
};

/// Notes how long each answer took, and how many requests failed.
class TimedTransport final : public delta::Transport {
 public:
  TimedTransport(delta::Transport& inner, delta::Clock& clock) : inner_(inner), clock_(clock) {}

  std::size_t endpoints() const override { return inner_.endpoints(); }
  std::expected<delta::Response, delta::CallError> call(std::size_t endpoint,
                                                        delta::Request request,
                                                        delta::Duration timeout) override;
  const std::vector<AnsweredCall>& calls() const { return calls_; }
  const CallCounts& counts() const { return counts_; }

 private:
  delta::Transport& inner_;
  delta::Clock& clock_;
  std::vector<AnsweredCall> calls_;
  CallCounts counts_;
};

/// How much a counter grew from the first scrape to the last, over all orchestrators; at least one
/// scrape. While one is not reached its last answer counts.
std::int64_t growth_of(const std::vector<Scrape>& scrapes, delta::Metric metric,
                       std::size_t series = 0);

/// What was seen from the recovery to the end of the observation.
struct Baseline {
  std::vector<delta::Duration> calls = {};  ///< how long answers took, in any order
  std::vector<Scrape> scrapes = {};         ///< oldest first
  std::uint32_t committers = 1;             ///< connections for transactions of one orchestrator
};

/// The figure in the measure's unit; none: there is nothing to measure it by. Of a histogram it is
/// the bound of the bucket, and none when it lies beyond the last.
std::optional<std::int64_t> measure(Measure what, const Baseline& baseline);

/// `baseline` null: there was no recovery, so nothing is measured.
std::vector<ThresholdReport> judge_thresholds(std::span<const Threshold> thresholds,
                                              const Baseline* baseline);

}  // namespace aftershock
