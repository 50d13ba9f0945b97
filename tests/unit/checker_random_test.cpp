// Random histories, decided by the real rules in random batches, at random times: no checker may
// report any of them.
#include <gtest/gtest.h>

#include <memory>

#include "core/rng.h"
#include "harness/checkers/all.h"
#include "tests/unit/checker_history.h"

namespace aftershock::checker_tests {
namespace {

constexpr std::uint64_t kRuns = 3;

class RandomHistory : private History {
 public:
  explicit RandomHistory(std::uint64_t seed) : rng_(seed) {
    settings.sweep_batch = 4;
    checkers_ = make_checkers([this](Finding finding) { findings.push_back(std::move(finding)); },
                              settings, secrets_);
    observer = [this](const CommitView& view) {
      for (const auto& checker : checkers_) checker->on_commit(view);
    };
  }

  void play(int commits) {
    for (int i = 0; i < commits; ++i) {
      now += rng_.between(1ms, rng_.below(40) == 0 ? 150s : 2s);
      if (rng_.below(5) == 0) sweep();
      std::vector<Message> batch;
      for (std::uint64_t size = 1 + rng_.below(8); size > 0; --size) add_message(batch);
      commit(decided(batch));
    }
  }

  /// Cancels what is left, and reads everything.
  void finish() {
    for (std::uint64_t i = 1; i <= kRuns; ++i) {
      const std::vector<Message> last{Cancel{{7, i}}};
      if (tables.run({7, i}) != nullptr) commit(decided(last));
    }
    for (int i = 0; i < 40; ++i) {
      now += settings.sweep_interval;
      sweep();
    }
    const sim::Objects artifacts;
    const std::set<std::string> expired;
    const std::vector<WitnessedRun> witnessed;
    for (const auto& checker : checkers_) {
      checker->on_final({tables, artifacts, expired, witnessed, settings, now, {}});
      checks.push_back({std::string(checker->name()), checker->checks()});
    }
  }

  std::vector<Finding> findings;
  std::vector<std::pair<std::string, std::uint64_t>> checks;

 private:
  inline static const SecretValues secrets_{{"KEY", "correct horse"}};

  /// As the reaper: the control row first, then what is due.
  void sweep() {
    const SweepPlan plan = plan_sweep(tables.control(), now, settings);
    WriteSet writes;
    writes.control = plan.control;
    commit(std::move(writes));
    std::vector<Message> batch;
    for (const DueItem& item : tables.find(FindDue{settings.sweep_batch}, now).due) {
      if (item.kind == DueKind::lease && plan.may_expire) batch.emplace_back(Expire{item.ref});
      if (item.kind == DueKind::cancellation) batch.emplace_back(ForceCancel{item.ref});
      if (item.kind == DueKind::timeout) batch.emplace_back(TimeOut{item.ref});
      if (item.kind == DueKind::run) batch.emplace_back(RunTimeOut{item.ref.run});
    }
    commit(decided(batch));
  }

  SharedSpec random_spec() {
    RunSpec spec;
    spec.timeout = rng_.below(3) == 0 ? 200s : 0s;
    for (std::uint32_t i = 0; i < 4; ++i) {
      JobSpec job;
      job.name = std::to_string(i);
      if (rng_.below(2) == 0) {
        job.steps = {{"1", "true"}, {"2", "true"}, {"3", "true"}};
      } else {
        job.command = "true";
      }
      job.required = rng_.below(4) != 0;
      job.retry = {static_cast<std::uint16_t>(1 + rng_.below(3)),
                   static_cast<std::uint16_t>(rng_.below(4)), true, true, true};
      job.timeout = rng_.below(3) == 0 ? 40s : 0s;
      job.queue_timeout = rng_.below(4) == 0 ? 90s : 0s;
      for (std::uint32_t need = 0; need < i; ++need) {
        if (rng_.below(3) == 0) job.needs.push_back(need);
      }
      spec.jobs.push_back(std::move(job));
    }
    return *prepare(std::move(spec));
  }

  void add_message(std::vector<Message>& batch) {
    const RunId run{7, 1 + rng_.below(kRuns)};
    if (tables.run(run) == nullptr) {
      const bool submitted = std::ranges::any_of(batch, [run](const Message& message) {
        const auto* submit = std::get_if<Submit>(&message);
        return submit != nullptr && submit->run == run;
      });
      if (!submitted) batch.emplace_back(Submit{run, random_spec()});
      return;
    }
    const auto job = static_cast<std::uint32_t>(rng_.below(4));
    const Attempt& row = *tables.attempt(tables.job(run, job)->current);
    const TokenHash token{1, row.id.lo};
    // Half of them hope that the batch takes the lease first.
    const Credentials lease{row.ref(), row.epoch + (row.state < AttemptState::leased ? 1 : 0),
                            rng_.below(10) == 0 ? TokenHash{2, row.id.lo} : token};
    add_message(batch, row, lease);
  }

  void add_message(std::vector<Message>& batch, const Attempt& row, const Credentials& lease) {
    switch (rng_.below(27)) {
      case 0: batch.emplace_back(Complete{lease, false, FailureClass::user, {}}); return;
      case 1:
        if (rng_.below(4) == 0) batch.emplace_back(Revoke{row.ref()});
        return;
      case 2: add_untimely(batch, row); return;
      case 3:
        batch.emplace_back(CancelAck{lease});
        if (rng_.below(6) == 0) batch.emplace_back(Cancel{row.run});
        return;
      case 4:
      case 5:
      case 6:
      case 7: batch.emplace_back(Heartbeat{lease}); return;
      case 8:
      case 9:
      case 10: batch.emplace_back(Start{lease}); return;
      case 11:
      case 12: batch.emplace_back(delta::Report{lease, AttemptState::running}); return;
      case 13:
      case 14: batch.emplace_back(delta::Report{lease, AttemptState::uploading}); return;
      case 15:
      case 16:
      case 17: batch.emplace_back(Complete{lease, true, FailureClass::user, {}}); return;
      case 18:
      case 19:
      case 20: {
        const auto steps = static_cast<std::uint32_t>(rng_.below(4));
        batch.emplace_back(SaveCheckpoint{lease, {steps, "{}"}});
        return;
      }
      default: batch.emplace_back(Acquire{row.id, RunnerId{5, row.job}, lease.token_hash}); return;
    }
  }

  /// Background work with an outdated idea of what is due.
  void add_untimely(std::vector<Message>& batch, const Attempt& row) {
    switch (rng_.below(4)) {
      case 0: batch.emplace_back(Expire{row.ref()}); return;
      case 1: batch.emplace_back(ForceCancel{row.ref()}); return;
      case 2: batch.emplace_back(TimeOut{row.ref()}); return;
      default: batch.emplace_back(RunTimeOut{row.run}); return;
    }
  }

  Rng rng_;
  std::vector<std::unique_ptr<Checker>> checkers_;
};

TEST(CheckersOnRandomHistories, NoneCriesWolf) {
  std::map<std::string, std::uint64_t> checks;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomHistory history(seed);
    history.play(200);
    history.finish();
    for (const Finding& finding : history.findings) {
      ADD_FAILURE() << "seed " << seed << ": " << finding.invariant << ": " << finding.message
                    << testing::PrintToString(finding.rows);
    }
    ASSERT_TRUE(history.findings.empty());
    for (const auto& [name, count] : history.checks) checks[name] += count;
  }
  for (const auto& [name, count] : checks) {
    // Nobody answers, uploads or schedules here.
    const bool unused = name == "acked-is-durable" || name == "fail-closed" ||
                        name == "artifacts-accounted" || name == "fires-once";
    EXPECT_EQ(count > 0, !unused) << name;
  }
}

}  // namespace
}  // namespace aftershock::checker_tests
