// Specifications as people write them: what may be left out, and what is said about mistakes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/audit.h"
#include "platform/wire/codec.h"
#include "tests/unit/aggregates.h"
#include "tests/unit/wire_sample.h"

namespace delta::wire {
namespace {

RunSpec read(const std::string& text) {
  const auto spec = decode_spec(text);
  EXPECT_TRUE(spec) << spec.error();
  return spec ? **spec : RunSpec{};
}
std::string error_of(const std::string& text) {
  const auto spec = decode_spec(text);
  return spec ? "it was read" : spec.error();
}
/// Of a specification with these jobs.
std::string error_of_jobs(const std::string& jobs) {
  return error_of(R"({"jobs":[)" + jobs + "]}");
}
/// Of one job with these keys too.
std::string error_of_job(const std::string& keys) {
  return error_of_jobs(R"({"name":"a","command":"c",)" + keys + "}");
}
std::string job_named(const std::string& name) {
  return R"({"name":")" + name + R"(","command":"c"})";
}

RC_GTEST_PROP(WireSpec, KeepsTheFingerprint, ()) {
  const SharedSpec spec = test::spec();
  const std::string text = encode(*spec);
  const auto read = decode_spec(text);
  RC_ASSERT(read.has_value());
  RC_ASSERT(fingerprint(**read) == fingerprint(*spec));
  RC_ASSERT(test::same(*read, spec));
  RC_ASSERT(encode(**read) == text);
}

TEST(WireSpec, ReadsAllThatCanBeSaid) {
  const std::string text =
      R"({"name":"nightly","timeout":"1h30m","jobs":[{"name":"test","command":"make test",)"
      R"("needs":["build","lint"],"secrets":["TOKEN","KEY"],"required":false,)"
      R"("retry":{"max_attempts":2,"max_losses":0,"on":["infrastructure","user"]},)"
      R"("timeout":"10m","queue_timeout":"250ms"},{"name":"build","command":"make"},)"
      R"({"name":"lint","command":"make lint","needs":["build"],"retry":{"on":[]}}]})";
  const RunSpec spec = read(text);
  EXPECT_EQ(encode(spec), text);
  ASSERT_EQ(spec.jobs.size(), 3U);
  const JobSpec& job = spec.jobs[0];
  EXPECT_EQ(spec.name, "nightly");
  EXPECT_EQ(spec.timeout, 90min);
  EXPECT_EQ(job.needs, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(job.secrets, (std::vector<std::string>{"TOKEN", "KEY"}));
  EXPECT_FALSE(job.required);
  EXPECT_EQ(job.retry, (RetryPolicy{2, 0, true, true, false}));
  EXPECT_EQ(job.timeout, 10min);
  EXPECT_EQ(job.queue_timeout, 250ms);
  EXPECT_EQ(spec.jobs[1].descendants, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(spec.jobs[2].retry, (RetryPolicy{3, 10, false, false, false}));
}

TEST(WireSpec, LeavesOutWhatIsUsual) {
  const std::string text = R"({"jobs":[{"name":"a","command":"true"}]})";
  EXPECT_EQ(encode(read(text)), text);
  EXPECT_EQ(encode(read(R"( { "timeout": "0s", "name": "", "jobs": [ { "command": "true",
      "retry": {"on": ["timeout", "infrastructure"], "max_losses": 10, "max_attempts": 3},
      "needs": [], "secrets": [], "required": true, "queue_timeout": "0ms", "name": "a" } ] } )")),
            text);
}

TEST(WireSpec, NamesTheJobThatIsNotThere) {
  EXPECT_EQ(error_of_jobs(job_named("build") + R"(,{"name":"b","command":"c","needs":["bild"]})"),
            "jobs[1].needs[0]: there is no job 'bild'; did you mean 'build'?");
  EXPECT_EQ(error_of_jobs(job_named("build") + R"(,{"name":"b","command":"c","needs":["x"]})"),
            "jobs[1].needs[0]: there is no job 'x'; did you mean 'b'?");
  EXPECT_EQ(error_of_job(R"("needs":["compile"])"), "jobs[0].needs[0]: there is no job 'compile'");
  EXPECT_EQ(error_of_job(R"("needs":[0])"), "jobs[0].needs[0]: must be a string, not a number");
  EXPECT_EQ(error_of_job(R"("needs":["a"])"),
            "the jobs' needs form a cycle: job 0 'a' could never start");
  EXPECT_EQ(error_of_jobs(job_named("b") + R"(,{"name":"a","command":"c","needs":["b","b"]})"),
            "job 1 'a' names a needed job twice");
}

TEST(WireSpec, RefusesUnsuitableNames) {
  EXPECT_EQ(error_of_jobs(job_named("a") + "," + job_named("b") + "," + job_named("a")),
            "jobs[2].name: 'a' is also the name of jobs[0]");
  EXPECT_EQ(error_of_jobs(job_named("")), "jobs[0].name: must not be empty");
  EXPECT_EQ(error_of_jobs(job_named(std::string(200, 'x'))), "it was read");
  EXPECT_EQ(error_of_jobs(job_named(std::string(201, 'x'))),
            "jobs[0].name: must have at most 200 bytes");
  EXPECT_EQ(error_of(R"({"name":")" + std::string(201, 'x') + R"(","jobs":[]})"),
            "name: must have at most 200 bytes");
  EXPECT_EQ(error_of_jobs(R"({"name":5,"command":"c"})"),
            "jobs[0].name: must be a string, not a number");
  EXPECT_EQ(error_of_jobs(R"({"command":"c"})"), "jobs[0]: the key 'name' is missing");
}

TEST(WireSpec, RefusesUnsuitableCommands) {
  const auto command = [](const std::string& text) {
    return error_of_jobs(R"({"name":"a","command":")" + text + R"("})");
  };
  EXPECT_EQ(command(""), "jobs[0].command: must not be empty");
  EXPECT_EQ(command(std::string(65'536, 'x')), "it was read");
  EXPECT_EQ(command(std::string(65'537, 'x')), "jobs[0].command: must have at most 64 KiB");
  EXPECT_EQ(command(R"(a\u0000b)"), "jobs[0].command: a string must not hold U+0000");
  EXPECT_EQ(error_of_jobs(R"({"name":"a","steps":[{"name":"","command":"c"}]})"),
            "jobs[0].steps[0].name: must not be empty");
  EXPECT_EQ(error_of_jobs(R"({"name":"a","steps":[{"name":"b"}]})"),
            "jobs[0].steps[0]: the key 'command' is missing");
  EXPECT_EQ(error_of_jobs(R"({"name":"a","command":"c","steps":[{"name":"b","command":"c"}]})"),
            "jobs[0]: unknown key 'command'");
  EXPECT_EQ(error_of_jobs(R"({"name":"a"})"), "jobs[0]: the key 'command' is missing");
  EXPECT_EQ(error_of_jobs(R"({"name":"a","comand":"c"})"),
            "jobs[0]: the key 'command' is missing, but there is 'comand'");
}

TEST(WireSpec, BoundsTheNumberOfJobs) {
  EXPECT_EQ(error_of("{}"), "the key 'jobs' is missing");
  EXPECT_EQ(error_of_jobs(""), "jobs: there must be at least one job");
  std::string jobs = job_named("0");
  for (int i = 1; i < 1'000; ++i) jobs += "," + job_named(std::to_string(i));
  EXPECT_EQ(error_of_jobs(jobs), "it was read");
  EXPECT_EQ(error_of_jobs(jobs + "," + job_named("x")), "jobs: there must be at most 1000 jobs");
}

TEST(WireSpec, NamesThePlaceOfAMistake) {
  EXPECT_EQ(error_of("[]"), "must be an object, not a list");
  EXPECT_EQ(error_of_job(R"("require":true)"),
            "jobs[0]: unknown key 'require'; did you mean 'required'?");
  EXPECT_EQ(error_of_job(R"("dependents":[])"), "jobs[0]: unknown key 'dependents'");
  EXPECT_EQ(error_of_job(R"("required":"yes")"),
            "jobs[0].required: must be true or false, not a string");
  EXPECT_EQ(error_of_job(R"("timeout":10)"),
            "jobs[0].timeout: must be a duration such as \"1m30s\", not a number");
  EXPECT_EQ(error_of_job(R"("timeout":"10 min")"),
            "jobs[0].timeout: '10 min' is not a duration such as 90s, 1m30s or 250ms");
  EXPECT_EQ(error_of_job(R"("timeout":"-1s")"),
            "jobs[0].timeout: '-1s' is negative; the least is 0s");
  EXPECT_EQ(error_of_job(R"("queue_timeout":"366d")"),
            "jobs[0].queue_timeout: '366d' is longer than 365d");
  EXPECT_EQ(error_of_job(R"("secrets":["A","a b"])"),
            "job 0 'a' names a secret that cannot be an environment variable");
}

TEST(WireSpec, NamesThePlaceOfAMistakeInRetries) {
  const auto retry = [](const std::string& keys) {
    return error_of_job(R"("retry":{)" + keys + "}");
  };
  EXPECT_EQ(retry(R"("max_attempts":0)"), "job 0 'a' must be allowed at least one attempt");
  EXPECT_EQ(retry(R"("max_attempts":65536)"),
            "jobs[0].retry.max_attempts: must be a whole number from 0 to 65535");
  EXPECT_EQ(retry(R"("max_attempts":991)"),
            "job 0 'a' may be tried at most 1000 times: max_attempts + max_losses");
  EXPECT_EQ(retry(R"("on":["lost"])"),
            "jobs[0].retry.on[0]: 'lost' is not one of: infrastructure, user, timeout");
  EXPECT_EQ(retry(R"("on":["user","user"])"), "jobs[0].retry.on[1]: 'user' is there twice");
  EXPECT_EQ(retry(R"("on":{})"), "jobs[0].retry.on: must be a list, not an object");
  EXPECT_EQ(retry(R"("max_attempts":1,"max_attempts":2)"),
            "jobs[0].retry: the key 'max_attempts' is there twice");
}

TEST(WireSpec, NamesThePlaceInsideOfARequest) {
  const auto request =
      decode_request("submit", R"({"spec":{"jobs":[{"name":"a"}]}})", {OperationId{0, 9}, {}, {}});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error(), "spec.jobs[0]: the key 'command' is missing");
}

}  // namespace
}  // namespace delta::wire
