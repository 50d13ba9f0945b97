// secrets-unlogged: every place where a secret could come to light.
#include "core/base64.h"
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

constexpr const char* kValue = "sk-correct-horse-battery";

std::unique_ptr<Checker> make(Checker::Report report, const Settings&) {
  return make_secrets_unlogged(std::move(report), {{"KEY", kValue}});
}

class SecretsUnloggedTest : public CheckerTest {
 protected:
  SecretsUnloggedTest() : CheckerTest(make) {}

  void put_log(const std::string& text) {
    submit(single());
    artifacts[stored_at("log")] = {content_of(text), 0, {}};
  }
};

TEST_F(SecretsUnloggedTest, HoldsWhereOnlyTheNameAppears) {
  put_log("KEY=***\n");
  checker->on_detail(acquire_request(), "the secrets store does not answer: KEY");
  checker->on_report("{}");
  finish();
  expect_silence();
}

TEST_F(SecretsUnloggedTest, FindsALogThatWasNotRedacted) {
  put_log(std::string("KEY=") + kValue + "\n");
  finish();
  expect_finding("the secret KEY appears in the artifact");
  EXPECT_EQ(findings.front().message.find(kValue), std::string::npos);
}

TEST_F(SecretsUnloggedTest, FindsAPartialLogThatWasNotRedacted) {
  put_log("KEY=***\n");
  artifacts[partial_log_path(attempt().ref(), attempt().token_hash)] = {
      content_of(std::string("KEY=") + kValue), 0, {}};
  finish();
  expect_finding("the secret KEY appears in the artifact partial-logs/");
}

TEST_F(SecretsUnloggedTest, FindsBase64WhateverStandsAroundTheValue) {
  submit(single());
  for (const std::string before : {"", "u", "u:", "us:"}) {
    for (const std::string after : {"", "!", "!!"}) {
      findings.clear();
      checker->on_detail(acquire_request(), "Basic " + base64(before + kValue + after));
      expect_finding("in base64");
    }
  }
}

TEST_F(SecretsUnloggedTest, FindsAValueInASpecification) {
  JobSpec job = job_named("build");
  job.command = std::string("deploy --key ") + kValue;
  submit(spec_of({job}));
  expect_finding("audit event");
}

TEST_F(SecretsUnloggedTest, FindsAValueInTheNameOfAnArtifact) {
  submit(single());
  uploading();
  step(Complete{lease(), true, FailureClass::user, {{kValue, ArtifactState::missing, 0}}});
  expect_finding("audit event");
}

TEST_F(SecretsUnloggedTest, FindsAValueInAStoredReply) {
  WriteSet writes = decided(Submit{kRun, single()});
  writes.operations.at(0).reply.detail = std::string("could not use ") + kValue;
  commit(std::move(writes));
  expect_finding("stored reply");
}

TEST_F(SecretsUnloggedTest, FindsATokenInTheTextOfAnAnswer) {
  submit(single());
  running();
  for (const Request& request :
       {Request{acquire_request()}, Request{StartRequest{held_lease()}},
        Request{HeartbeatRequest{{5, 0}, {held_lease()}}},
        Request{CompleteRequest{held_lease(), true, FailureClass::user, {}}}}) {
    findings.clear();
    checker->on_detail(request, "stale token " + to_string(token(0)));
    expect_finding("a lease's token appears in the text of an answer");
  }
}

TEST_F(SecretsUnloggedTest, FindsAValueInTheReport) {
  checker->on_report(std::string("{\"evidence\": \"") + kValue + "\"}");
  expect_finding("the report");
}

}  // namespace
}  // namespace aftershock::checker_tests
