#include "harness/sweep/sweep.h"

#include <poll.h>

#include <algorithm>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace aftershock::sweep {

using delta::Duration;

namespace {

constexpr std::chrono::milliseconds kLongestWait{100};  ///< between two looks at the clock

/// A place for a worker and what it does.
struct Slot {
  struct Job {
    Task task = Task::drill;
    DrillKey key;
    std::string first_digest = {};  ///< of a drill that is run again
    std::chrono::steady_clock::time_point begun;
    bool again() const { return !first_digest.empty(); }
  };
  std::unique_ptr<Worker> worker;
  std::optional<Job> job;
};

class Loop {
 public:
  Loop(SweepState& state, Journal* journal, const SweepLimits& limits, const SweepTools& tools)
      : state_(state),
        journal_(journal),
        limits_(limits),
        tools_(tools),
        began_(tools.clock()),
        slots_(limits.jobs) {}

  SweepOutcome run() {
    while (true) {
      hand_out();
      if (std::ranges::none_of(slots_, [](const Slot& slot) { return slot.job.has_value(); }))
        break;
      collect();
      if (tools_.progress) tools_.progress(status());
    }
    outcome_.ended.host = tools_.host;
    outcome_.ended.jobs = limits_.jobs;
    outcome_.ended.wall = tools_.clock() - began_;
    if (outcome_.error.empty()) end_journal();
    return outcome_;
  }

 private:
  SweepStatus status() const {
    return {state_.tally, new_drills_, planned_drills(state_.plan), tools_.clock() - began_};
  }

  void stop(SweepEnd end) {
    if (!stopping_) outcome_.ended.how = end;
    stopping_ = true;
  }

  void give_up(std::string error) {
    if (outcome_.error.empty()) outcome_.error = std::move(error);
    stop(SweepEnd::interrupted);
  }

  /// Whether a drill may be begun.
  bool goes_on() {
    if (tools_.interrupted()) stop(SweepEnd::interrupted);
    if (limits_.stop_on_first && state_.tally.has_failure()) stop(SweepEnd::first_failure);
    return !stopping_;
  }

  std::optional<Slot::Job> next_job() {
    const auto now = tools_.clock();
    const bool late = limits_.budget && now - began_ >= *limits_.budget;
    if (!late && !state_.to_recheck.empty()) {
      const auto first = state_.to_recheck.begin();
      const Task task = state_.plan.other_build.empty() ? Task::drill : Task::other_build;
      Slot::Job job{task, first->first, first->second, now};
      state_.to_recheck.erase(first);
      return job;
    }
    const bool left = !late || state_.planner.has_next() || !state_.to_recheck.empty();
    if (late && left) stop(SweepEnd::budget);
    if (late) return std::nullopt;
    const auto key = state_.planner.next();
    return key ? std::optional(Slot::Job{Task::drill, *key, {}, now}) : std::nullopt;
  }

  void hand_out() {
    for (Slot& slot : slots_) {
      if (slot.job || !goes_on()) continue;
      slot.job = next_job();
      if (!slot.job) return;
      // The second run is a new process's first, whatever the first run came after.
      if (slot.job->again()) slot.worker.reset();
      if (!slot.worker && !hire(slot)) return;
      slot.worker->begin(slot.job->task, slot.job->key);
    }
  }

  bool hire(Slot& slot) {
    std::vector<int> others;
    for (const Slot& other : slots_) {
      if (other.worker) others.push_back(other.worker->descriptor());
    }
    try {
      slot.worker = std::make_unique<Worker>(tools_.work, others);
    } catch (const std::system_error& error) {
      slot.job.reset();
      give_up(error.what());
      return false;
    }
    return true;
  }

  void collect() {
    std::vector<pollfd> watched;
    for (const Slot& slot : slots_) {
      const int descriptor = slot.job ? slot.worker->descriptor() : -1;
      watched.push_back({descriptor, POLLIN, 0});
    }
    poll(watched.data(), watched.size(), static_cast<int>(kLongestWait.count()));
    const auto now = tools_.clock();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      Slot& slot = slots_[i];
      if (!slot.job) continue;
      const Duration wall = now - slot.job->begun;
      std::optional<DrillResult> result;
      if (watched[i].revents != 0) result = slot.worker->answer(wall);
      if (!result && wall > limits_.drill) {
        result = slot.worker->give_up(
            "it took longer than " + delta::format_duration(limits_.drill) + " and was killed",
            wall);
      }
      if (result) finish(slot, *result);
    }
    write();
  }

  void finish(Slot& slot, const DrillResult& result) {
    const Slot::Job job = *std::exchange(slot.job, std::nullopt);
    if (result.ending == Ending::crash) slot.worker.reset();
    if (job.again()) {
      const std::string again = result.digest.empty() ? "(" + result.why + ")" : result.digest;
      const Recheck recheck{job.key, job.first_digest, again, result.wall};
      urgent_ = urgent_ || again != job.first_digest;
      lines_ += to_line(recheck) + "\n";
      state_.tally.add(recheck);
      return;
    }
    urgent_ = urgent_ || result.ending != Ending::pass;
    lines_ += to_line(result) + "\n";
    state_.planner.took(job.key, result.wall);
    state_.add_result(result);
    if (!state_.plan.scenarios[job.key.scenario].canary) ++new_drills_;
  }

  void write() {
    if (journal_ == nullptr || lines_.empty() || !outcome_.error.empty()) return;
    const auto written = journal_->append(lines_, urgent_);
    if (!written) give_up(written.error());
    lines_.clear();
    urgent_ = false;
  }

  void end_journal() {
    if (journal_ == nullptr) return;
    if (const auto ended = journal_->append(to_line(outcome_.ended) + "\n", true); !ended) {
      give_up(ended.error());
    }
  }

  SweepState& state_;
  Journal* journal_;
  const SweepLimits& limits_;
  const SweepTools& tools_;
  std::chrono::steady_clock::time_point began_;
  std::vector<Slot> slots_;
  std::uint64_t new_drills_ = 0;
  std::string lines_;  ///< for the journal
  bool urgent_ = false;
  bool stopping_ = false;
  SweepOutcome outcome_;
};

}  // namespace

void SweepState::add_result(const DrillResult& result) {
  tally.add(result);
  const bool rechecked = !result.digest.empty() && !plan.scenarios[result.key.scenario].canary &&
                         is_rechecked(plan, result.key);
  if (rechecked) to_recheck.emplace(result.key, result.digest);
}

std::optional<std::string> SweepState::add(const Entry& entry) {
  if (const auto* result = std::get_if<DrillResult>(&entry)) {
    if (!planner.done_before(result->key, result->wall)) {
      return "seed " + std::to_string(result->key.seed) + " of scenario " +
             std::to_string(result->key.scenario) + " is not in its plan, or is there twice";
    }
    add_result(*result);
  } else if (const auto* recheck = std::get_if<Recheck>(&entry)) {
    if (to_recheck.erase(recheck->key) == 0) {
      return "a second run of what was not to be run again, or had not been run";
    }
    tally.add(*recheck);
  }
  return std::nullopt;
}

SweepOutcome run_sweep(SweepState& state, Journal* journal, const SweepLimits& limits,
                       const SweepTools& tools) {
  return Loop(state, journal, limits, tools).run();
}

}  // namespace aftershock::sweep
