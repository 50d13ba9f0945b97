// What the tests of the checkers share: a life of one run in named steps, and what was found.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "core/replay.h"
#include "harness/checkers/all.h"
#include "tests/unit/checker_history.h"

namespace aftershock::checker_tests {

using Factory = std::unique_ptr<Checker> (*)(Checker::Report, const Settings&);

inline SharedSpec spec_of(std::vector<JobSpec> jobs, Duration timeout = 0s) {
  const auto spec =
      prepare({.name = "build and test", .jobs = std::move(jobs), .timeout = timeout});
  EXPECT_TRUE(spec.has_value());
  return *spec;
}
inline JobSpec job_named(const std::string& name, std::vector<std::uint32_t> needs = {}) {
  JobSpec job;
  job.name = name;
  job.command = "true";
  job.needs = std::move(needs);
  return job;
}
inline SharedSpec single() { return spec_of({job_named("build")}); }
/// build, then test.
inline SharedSpec chain() { return spec_of({job_named("build"), job_named("test", {0})}); }

class CheckerTest : public testing::Test, protected History {
 protected:
  explicit CheckerTest(Factory make)
      : checker(
            make([this](Finding finding) { findings.push_back(std::move(finding)); }, settings)) {
    observer = [this](const CommitView& view) { checker->on_commit(view); };
  }

  // Steps of a life. Each is a commit of its own, a second after the last.
  using History::commit;
  void commit(const Message& message) { commit(decided(message)); }
  void step(const Message& message) {
    now += 1s;
    commit(message);
  }
  void submit(SharedSpec spec) { step(Submit{kRun, std::move(spec)}); }
  void acquired(std::uint32_t job = 0) {
    now = std::max(now, attempt(job).available_at);
    step(acquire(job));
  }
  void running(std::uint32_t job = 0) {
    acquired(job);
    step(Start{lease(job)});
    step(delta::Report{lease(job), AttemptState::running});
  }
  void uploading(std::uint32_t job = 0) {
    running(job);
    step(delta::Report{lease(job), AttemptState::uploading});
  }
  void succeeded(std::uint32_t job = 0) {
    uploading(job);
    step(success(job));
  }
  void sweep() {
    WriteSet writes;
    writes.control = plan_sweep(tables.control(), now, settings).control;
    commit(std::move(writes));
  }
  void give_grace(Duration grace) {
    WriteSet writes;
    writes.control = Control{1, now, now + grace, false, {}, {}};
    commit(std::move(writes));
  }

  // Messages about a job's current attempt, and requests that carry them.
  const Attempt& attempt(std::uint32_t job = 0) const {
    return *tables.attempt(tables.job(kRun, job)->current);
  }
  static Token token(std::uint32_t job) { return {77, job}; }
  /// Where the holder of its lease leaves an artifact.
  std::string stored_at(const std::string& name, std::uint32_t job = 0) const {
    return artifact_path(attempt(job).ref(), attempt(job).token_hash, name);
  }
  Credentials lease(std::uint32_t job = 0) const {
    return {attempt(job).ref(), attempt(job).epoch, attempt(job).token_hash};
  }
  Lease held_lease(std::uint32_t job = 0) const {
    return {attempt(job).ref(), attempt(job).epoch, token(job)};
  }
  Message acquire(std::uint32_t job = 0) const {
    return Acquire{attempt(job).id, RunnerId{5, job}, hash_token(token(job))};
  }
  Message success(std::uint32_t job = 0) const {
    return Complete{lease(job), true, FailureClass::user, {}};
  }
  Message failure(std::uint32_t job = 0) const {
    return Complete{lease(job), false, FailureClass::infrastructure, {}};
  }
  static Request submit_request() { return SubmitRequest{kOperation, chain()}; }
  static Request acquire_request() {
    return AcquireRequest{kOperation, RunnerId{5, 0}, token(0), 1, 0s};
  }
  AcquireReply granted(std::uint32_t job = 0) const {
    return {{{attempt(job).ref(), attempt(job).epoch, attempt(job).spec}}};
  }
  /// An answer that reaches its client or runner.
  void acknowledge(const Request& request, ReplyBody body = {}, bool outlived_rewind = false) {
    Response response;
    response.body = std::move(body);
    checker->on_acknowledged({request, response, outlived_rewind}, tables);
  }

  FinalRead final_read() const {
    return {.tables = tables,
            .artifacts = artifacts,
            .expired = expired,
            .witnessed = witnessed,
            .settings = settings,
            .now = now,
            .unfinished = unfinished};
  }
  void finish() { checker->on_final(final_read()); }
  void expect_silence() const {
    for (const Finding& finding : findings) {
      ADD_FAILURE() << finding.message << testing::PrintToString(finding.rows);
    }
    EXPECT_GT(checker->checks(), 0U) << "the checker judged nothing";
  }
  /// The first finding bears the checker's name and says this.
  void expect_finding(const std::string& text) const {
    ASSERT_FALSE(findings.empty()) << "nothing was found";
    EXPECT_EQ(findings.front().invariant, checker->name());
    EXPECT_NE(findings.front().message.find(text), std::string::npos) << findings.front().message;
  }

  void store(const std::string& path, std::uint64_t digest) {
    artifacts[path] = {{digest, 1, {}, "file"}, digest, {}};
  }

  sim::Objects artifacts;
  std::set<std::string> expired;
  std::vector<WitnessedRun> witnessed;
  std::vector<RunId> unfinished;
  std::vector<Finding> findings;
  std::unique_ptr<Checker> checker;
};

}  // namespace aftershock::checker_tests
