#include "platform/doctor/readings.h"

#include <algorithm>
#include <cstdlib>

#include "core/api.h"
#include "core/check.h"

namespace delta::doctor {

namespace {

/// So long some have to reach what others do not, before it is more than a matter of who saw it
/// first.
constexpr Duration kSettled = std::chrono::seconds(10);

class Reader {
 public:
  Reader(const ScrapeHistory& history, Duration window)
      : history_(history), first_(history.first_within(window)) {}

  std::size_t endpoints() const { return history_.newest().endpoints.size(); }

  /// What one orchestrator added to a counter.
  std::int64_t grown(std::size_t endpoint, Series series, std::size_t from) const {
    std::optional<std::int64_t> last;
    std::int64_t sum = 0;
    const std::size_t position = series.position();
    for (std::size_t i = from; i < history_.scrapes().size(); ++i) {
      const auto& snapshot = history_.scrapes()[i].endpoints[endpoint];
      if (!snapshot) continue;
      const std::int64_t value = snapshot->at(position).value_or(0);
      if (last) sum += value >= *last ? value - *last : value;
      last = value;
    }
    return sum;
  }
  std::int64_t grown(Series series) const {
    std::int64_t sum = 0;
    for (std::size_t endpoint = 0; endpoint < endpoints(); ++endpoint) {
      sum += grown(endpoint, series, first_);
    }
    return sum;
  }
  /// Of every series of the metric.
  std::int64_t grown_in_all(Metric metric) const {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < series_of(info_of(metric)); ++i) {
      sum += grown(Series(metric, i));
    }
    return sum;
  }

  static std::int64_t total(const Scrape& scrape, Metric gauge) {
    std::int64_t sum = 0;
    for (const auto& snapshot : scrape.endpoints) {
      if (snapshot) sum += snapshot->value(gauge).value_or(0);
    }
    return sum;
  }
  std::int64_t total(Metric gauge) const { return total(history_.newest(), gauge); }
  std::int64_t most(Metric gauge) const {
    std::int64_t most = 0;
    for (const Scrape& scrape : history_.scrapes()) most = std::max(most, total(scrape, gauge));
    return most;
  }
  /// Whoever reads it reads the same, more or less.
  std::optional<std::int64_t> highest(Metric gauge) const {
    std::optional<std::int64_t> found;
    for (const auto& snapshot : history_.newest().endpoints) {
      if (!snapshot) continue;
      if (const auto value = snapshot->value(gauge))
        found = std::max(found.value_or(*value), *value);
    }
    return found;
  }

  Reach reach(Metric up) const {
    for (std::size_t i = first_; i < history_.scrapes().size(); ++i) {
      const Scrape& scrape = history_.scrapes()[i];
      const auto [down, answering] = count_down(scrape, up);
      if (down > 0 && down == answering) return Reach::none;
    }
    if (count_down(history_.newest(), up).first == 0) return Reach::all;
    return others_work(up) ? Reach::some : Reach::none;
  }

  /// The bucket's bound below which 95 % of the transactions are.
  Duration transaction_p95() const {
    const auto bounds = info_of(Metric::transaction_duration).bounds;
    std::vector<std::int64_t> buckets;
    std::int64_t all = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      all += buckets.emplace_back(grown(Series(Metric::transaction_duration, i)));
    }
    if (all == 0) return {};
    std::int64_t so_far = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      so_far += buckets[i];
      if (so_far * 100 >= all * 95) return bounds[i];
    }
    return Duration::max();
  }

  Duration clock_offset() const {
    std::int64_t farthest = 0;
    for (const auto& snapshot : history_.newest().endpoints) {
      const std::int64_t offset =
          snapshot ? snapshot->value(Metric::db_clock_offset).value_or(0) : 0;
      if (std::abs(offset) > std::abs(farthest)) farthest = offset;
    }
    return Duration(farthest);
  }

  std::int64_t missed() const {
    std::int64_t missed = 0;
    for (std::size_t i = first_; i < history_.scrapes().size(); ++i) {
      missed += std::ranges::count_if(history_.scrapes()[i].endpoints,
                                      [](const auto& snapshot) { return !snapshot; });
    }
    return missed;
  }

 private:
  static std::pair<std::int64_t, std::int64_t> count_down(const Scrape& scrape, Metric up) {
    std::int64_t down = 0, answering = 0;
    for (const auto& snapshot : scrape.endpoints) {
      if (!snapshot) continue;
      ++answering;
      if (snapshot->value(up) == 0) ++down;
    }
    return {down, answering};
  }

  /// Some orchestrator has reached it lately, and not only has not noticed yet.
  bool others_work(Metric up) const {
    const std::size_t from = history_.first_within(kSettled);
    for (std::size_t endpoint = 0; endpoint < endpoints(); ++endpoint) {
      bool always_up = true;
      for (std::size_t i = from; i < history_.scrapes().size(); ++i) {
        const auto& snapshot = history_.scrapes()[i].endpoints[endpoint];
        always_up = always_up && snapshot && snapshot->value(up) == 1;
      }
      const Series observed{Metric::background_job_runs_total, BackgroundJob::observe,
                            JobResult::ok};
      const bool proven = up != Metric::database_up || grown(endpoint, observed, from) > 0;
      if (always_up && proven) return true;
    }
    return false;
  }

  const ScrapeHistory& history_;
  std::size_t first_;
};

std::optional<Duration> as_duration(std::optional<std::int64_t> nanoseconds) {
  return nanoseconds ? std::optional(Duration(*nanoseconds)) : std::nullopt;
}

Series transactions(std::string_view outcome) {
  const auto* found = std::ranges::find(labels::outcomes, outcome);
  CHECK(found != labels::outcomes.end());
  return {Metric::transactions_total, found - labels::outcomes.begin()};
}

void read_dependencies(const Reader& reader, Readings& found) {
  found.database = reader.reach(Metric::database_up);
  found.queue = reader.reach(Metric::queue_up);
  found.transactions = reader.grown_in_all(Metric::transactions_total);
  found.failed_transactions =
      reader.grown(transactions("unavailable")) + reader.grown(transactions("unknown"));
  found.transaction_p95 = reader.transaction_p95();
  found.clock_offset = reader.clock_offset();
  found.queue_depth = reader.highest(Metric::queue_depth);
  found.queue_oldest = as_duration(reader.highest(Metric::queue_oldest_age));
  found.outbox_oldest = as_duration(reader.highest(Metric::outbox_oldest_age));
}

void read_background(const Reader& reader, Readings& found) {
  found.rounds = reader.grown_in_all(Metric::background_job_runs_total);
  for (std::size_t job = 0; job < labels::background_jobs.size(); ++job) {
    found.failed_rounds += reader.grown(
        {Metric::background_job_runs_total, static_cast<BackgroundJob>(job), JobResult::failed});
  }
  found.schedule_lag = as_duration(reader.highest(Metric::schedule_lag));
}

void read_work(const Reader& reader, Readings& found) {
  found.runners = reader.total(Metric::runners_seen);
  found.runners_before = reader.most(Metric::runners_seen);
  found.slots = reader.total(Metric::runner_slots);
  found.busy_slots = reader.total(Metric::runner_slots_busy);
  found.granted = reader.grown({Metric::leases_total, LeaseState::granted});
  found.expired = reader.grown(Metric::lease_expirations_total);
  found.retried_blameless = reader.grown({Metric::retries_total, FailureClass::lost}) +
                            reader.grown({Metric::retries_total, FailureClass::infrastructure}) +
                            reader.grown({Metric::retries_total, FailureClass::timeout});
  found.stale_messages = reader.grown_in_all(Metric::stale_messages_total);
  found.upload_failures = reader.grown(Metric::artifact_upload_failures_total);
  found.artifacts = reader.grown_in_all(Metric::artifacts_total);
  found.missing_artifacts = reader.grown({Metric::artifacts_total, ArtifactState::missing});
  found.secret_failures = reader.grown(Metric::secret_fetch_failures_total);
}

}  // namespace

Readings read(const ScrapeHistory& history, Duration window) {
  const Reader reader(history, window);
  Readings found;
  found.orchestrators = reader.endpoints();
  for (const auto& snapshot : history.newest().endpoints) {
    if (snapshot) ++found.answering;
  }
  found.missed_scrapes = reader.missed();
  found.answers = reader.grown_in_all(Metric::answers_total);
  found.not_done = reader.grown({Metric::answers_total, Status::unavailable}) +
                   reader.grown({Metric::answers_total, Status::unknown});
  read_dependencies(reader, found);
  read_background(reader, found);
  read_work(reader, found);
  return found;
}

}  // namespace delta::doctor
