// Runs as people write them: what is read, and how mistakes are shown.
#include "client/spec_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "platform/wire/codec.h"

namespace delta::client {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string read(const std::string& text, const std::string& name = "run.yaml") {
  const auto spec = parse_spec(name, text);
  return spec ? wire::encode(**spec) : spec.error();
}

constexpr const char* kYaml = R"(# A comment.
name: build and test
timeout: 30m
jobs:
  - name: build
    command: |
      ./configure
      make
  - name: "test"
    command: make test
    needs: [build]
    secrets: [TOKEN]
    required: false
    timeout: 1m30s
    queue_timeout: 5m
    retry:
      max_attempts: 2
      max_losses: 4
      on: [user, timeout]
)";

constexpr const char* kJson =
    R"({"name":"build and test","timeout":"30m","jobs":[)"
    R"({"name":"build","command":"./configure\nmake\n"},)"
    R"({"name":"test","command":"make test","needs":["build"],"secrets":["TOKEN"],)"
    R"("required":false,"retry":{"max_attempts":2,"max_losses":4,"on":["user","timeout"]},)"
    R"("timeout":"1m30s","queue_timeout":"5m"}]})";

TEST(ClientSpec, YamlAndJsonAreTheSameRun) {
  EXPECT_EQ(read(kYaml), kJson);
  EXPECT_EQ(read(kJson, "run.json"), kJson);
  EXPECT_EQ(read(kJson, "standard input"), kJson);
}

TEST(ClientSpec, StepsStandInThePlaceOfACommand) {
  EXPECT_EQ(read("jobs: [{name: a, steps: [{name: one, command: b}, {name: two, command: c}]}]\n"),
            R"({"jobs":[{"name":"a","steps":[{"name":"one","command":"b"},)"
            R"({"name":"two","command":"c"}]}]})");
  EXPECT_THAT(read("jobs: [{name: a, steps: [{name: one}]}]\n"),
              HasSubstr("the key 'command' is missing"));
  EXPECT_THAT(read("jobs: [{name: a}]\n"), HasSubstr("the key 'command' is missing"));
}

TEST(ClientSpec, TextNeedsNoQuotes) {
  EXPECT_EQ(read("jobs:\n  - {name: 1, command: true}\n"),
            R"({"jobs":[{"name":"1","command":"true"}]})");
  EXPECT_EQ(read("{jobs: [{name: a, command: b}]}\n"), R"({"jobs":[{"name":"a","command":"b"}]})");
}

TEST(ClientSpec, EveryMistakeIsShownWhereItIs) {
  EXPECT_EQ(read(R"(name: x
timeout: 30
jobs:
  - name: build
    comand: make
  - name: test
    command: make test
    needs: build
    required: "yes"
    retry: {max_attempts: -1}
)"),
            R"(run.yaml:2:10: error: '30' has no unit
  timeout: 30
           ^
  hint: write 30s
run.yaml:4:5: error: the key 'command' is missing
    - name: build
      ^
run.yaml:5:5: error: unknown key 'comand'
      comand: make
      ^
  hint: did you mean 'command'?
run.yaml:8:12: error: 'needs' must be a list of names, as [build, test], not a single value
      needs: build
             ^
run.yaml:9:15: error: 'required' must be true or false, without quotes
      required: "yes"
                ^
run.yaml:10:27: error: '-1' is negative; the least is 0
      retry: {max_attempts: -1}
                            ^
)");
}

TEST(ClientSpec, WhatTheCodecRefusesIsShownAtItsPlace) {
  EXPECT_EQ(
      read("jobs:\n  - {name: build, command: a}\n  - {name: t, command: b, needs: [biuld]}\n"),
      "run.yaml:3:35: error: there is no job 'biuld'; did you mean 'build'?\n"
      "    - {name: t, command: b, needs: [biuld]}\n"
      "                                    ^\n");
  EXPECT_THAT(read("jobs:\n  - {name: a, command: b}\n  - {name: a, command: b}\n"),
              StartsWith("run.yaml:3:12: error: 'a' is also the name of jobs[0]"));
  EXPECT_THAT(read("jobs:\n  - {name: a, command: b, retry: {on: [usr]}}\n"),
              StartsWith("run.yaml:2:40: error: "));
  EXPECT_THAT(read("jobs: []\n"), StartsWith("run.yaml:1:7: error: "));
}

TEST(ClientSpec, WhatTheDagRefusesIsShownAtItsJob) {
  EXPECT_THAT(read("jobs:\n"
                   "  - {name: z, command: b}\n"
                   "  - {name: a, command: b, needs: [c]}\n"
                   "  - {name: c, command: b, needs: [a]}\n"),
              StartsWith("run.yaml:3:5: error: the jobs' needs form a cycle: job 1 'a'"));
  EXPECT_THAT(read("jobs:\n  - {name: a, command: b, retry: {max_attempts: 0}}\n"),
              StartsWith("run.yaml:2:5: error: job 0 'a' must be allowed at least one attempt"));
}

TEST(ClientSpec, MistakesInJsonHavePlacesToo) {
  EXPECT_EQ(
      read("{\"jobs\": [\n  {\"name\": \"a\", \"command\": \"b\", \"timeout\": 5}\n]}", "r.json"),
      "r.json:2:44: error: '5' has no unit\n"
      "    {\"name\": \"a\", \"command\": \"b\", \"timeout\": 5}\n"
      "                                             ^\n"
      "  hint: write 5s\n");
  EXPECT_THAT(read("{\"jobs\": [\n  {\"name\": \"a\" \"command\": \"b\"}]}", "r.json"),
              StartsWith("r.json:2:24: error: this is not JSON: syntax error"));
  EXPECT_THAT(read("{\"jobs\": [{\"name\": 7, \"command\": \"b\"}]}", "r.json"),
              StartsWith("r.json:1:20: error: must be a string"));
}

TEST(ClientSpec, TheTopMustBeAMap) {
  EXPECT_THAT(read("- a\n"), HasSubstr("this must be a map, not a list"));
  EXPECT_THAT(read("a: b: c\n"), HasSubstr("not valid YAML"));
}

TEST(ClientSpec, StandardInputIsCheckedAsAFileIs) {
  std::istringstream good("jobs: [{name: a, command: b}]\n");
  EXPECT_TRUE(load_spec("-", good));
  std::istringstream empty(" \n");
  EXPECT_EQ(load_spec("-", empty).error(), "standard input:1:1: error: the file is empty\n");
  std::istringstream binary("jobs: \x01\n");
  EXPECT_THAT(load_spec("-", binary).error(), HasSubstr("control character 0x01"));
  std::istringstream unused;
  EXPECT_EQ(load_spec("no/such/file.yaml", unused).error(),
            "no/such/file.yaml: error: no such file\n");
}

}  // namespace
}  // namespace delta::client
