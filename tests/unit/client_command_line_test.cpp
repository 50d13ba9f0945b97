// The command line of `delta`, where it looks for orchestrators and tokens, and its help.
#include "client/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "client/version.h"

namespace delta::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

CommandLine parsed(const std::vector<std::string>& arguments) {
  auto line = parse_command_line(arguments);
  EXPECT_TRUE(line) << line.error().text;
  return line.value_or(CommandLine{});
}
Answer answered(const std::vector<std::string>& arguments) {
  const auto line = parse_command_line(arguments);
  EXPECT_FALSE(line);
  return line ? Answer{} : line.error();
}

TEST(ClientCommandLine, CommandsWithTheirOptions) {
  const CommandLine submit = parsed({"submit", "--url", "http://a", "run.yaml", "--url=http://b",
                                     "--key", "k", "--watch", "--timeout", "2m"});
  EXPECT_EQ(submit.command, Command::submit);
  EXPECT_THAT(submit.access.urls, ElementsAre("http://a", "http://b"));
  EXPECT_EQ(submit.file, "run.yaml");
  EXPECT_EQ(submit.key, "k");
  EXPECT_TRUE(submit.watch);
  EXPECT_EQ(submit.patience, 2min);

  const CommandLine list = parsed({"list", "--state", "timed_out", "--limit", "500"});
  EXPECT_EQ(list.state, RunState::timed_out);
  EXPECT_EQ(list.limit, 500U);
  const CommandLine download = parsed({"download", "latest", "list", "a/b", "-o", "-"});
  EXPECT_EQ(download.job, "list");
  EXPECT_EQ(download.name, "a/b");
  EXPECT_EQ(download.out, "-");
  EXPECT_EQ(parsed({"doctor", "--for", "0s"}).look_for, 0s);
  EXPECT_TRUE(parsed({"logs", "--follow", "latest", "build"}).follow);
  EXPECT_EQ(parsed({"logs", "-f", "latest", "build"}).job, "build");
}

TEST(ClientCommandLine, AdminActions) {
  EXPECT_EQ(parsed({"admin", "pause"}).admin.kind, "pause_ingestion");
  const AdminLine ttl = parsed({"admin", "lease-ttl", "5m", "--for", "1h"}).admin;
  EXPECT_EQ(ttl.kind, "set_lease_ttl");
  EXPECT_EQ(ttl.ttl, 5min);
  EXPECT_EQ(ttl.for_how_long, 1h);
  EXPECT_EQ(parsed({"admin", "limit-leases", "0"}).admin.kind, "limit_concurrency");
  EXPECT_EQ(parsed({"admin", "limit-submissions", "30"}).admin.limit, 30U);
  EXPECT_TRUE(parsed({"admin", "revoke", "--all", "--yes"}).yes);
  EXPECT_EQ(parsed({"admin", "reenqueue", "--run", "latest", "--job", "b"}).admin.job, "b");
}

TEST(ClientCommandLine, MistakesSayWhatToDo) {
  const std::map<std::string, std::vector<std::string>> cases{
      {"error: unknown command 'sumbit'\n  hint: did you mean 'submit'?\n", {"sumbit", "x"}},
      {"error: unknown option '--wacth'\n  hint: did you mean '--watch'?\n",
       {"submit", "x", "--wacth"}},
      {"error: unknown command 'pasue'\n  hint: did you mean 'pause'?\n", {"admin", "pasue"}},
      {"error: unknown option '--url'\n  hint: options stand behind the command\n",
       {"--url", "x", "list"}},
      {"error: admin needs to know what to do\n", {"admin"}},
      {"error: --limit: from 1 to 500\n", {"list", "--limit", "501"}},
      {"error: --state: there is no state 'runing'\n  hint: did you mean 'running'?\n",
       {"list", "--state", "runing"}},
      {"error: --timeout: '5' has no unit\n  hint: write 5s\n", {"watch", "x", "--timeout", "5"}},
      {"error: --key: 1 to 200 printable ASCII characters\n", {"submit", "x", "--key", ""}},
      {"error: --run and --job go together\n", {"admin", "revoke", "--run", "latest"}},
      {"error: say which: --run RUN --job JOB, or --all\n", {"admin", "reenqueue"}},
      {"error: say which: --run RUN --job JOB, or --all, or --runner ID\n",
       {"admin", "revoke", "--all", "--runner", "x"}},
      {"error: RUN is required\n", {"watch"}},
      {"error: too many words: 'b'\n", {"watch", "a", "b"}}};
  for (const auto& [text, arguments] : cases) {
    const Answer answer = answered(arguments);
    EXPECT_EQ(answer.code, ExitCode::kUsage);
    EXPECT_THAT(answer.text, StartsWith(text));
    EXPECT_THAT(answer.text, HasSubstr("--help' for what is possible.\n"));
  }
}

TEST(ClientCommandLine, EveryHelpFitsEightyColumnsAndSaysTheExitCodes) {
  for (const char* words : {"",
                            "submit",
                            "watch",
                            "get",
                            "list",
                            "logs",
                            "artifacts",
                            "download",
                            "cancel",
                            "rerun",
                            "status",
                            "doctor",
                            "admin",
                            "admin pause",
                            "admin resume",
                            "admin lease-ttl",
                            "admin limit-leases",
                            "admin limit-submissions",
                            "admin reenqueue",
                            "admin revoke",
                            "admin begin-generation"}) {
    std::istringstream stream{words};
    std::vector<std::string> arguments;
    for (std::string word; stream >> word;) arguments.push_back(word);
    arguments.emplace_back("--help");
    const Answer answer = answered(arguments);
    EXPECT_EQ(answer.code, ExitCode::kDone);
    EXPECT_THAT(answer.text, HasSubstr("Exit codes: 0 done;")) << words;
    std::istringstream lines(answer.text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  }
  EXPECT_EQ(answered({"help", "submit"}).text, answered({"submit", "--help"}).text);
  EXPECT_EQ(answered({}).code, ExitCode::kUsage);
}

TEST(ClientCommandLine, TheVersionIsThatOfTheProject) {
  EXPECT_EQ(answered({"--version"}).text, "delta " + std::string(kVersion) + "\n");
  std::ifstream file("CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, HasSubstr("project(aftershock VERSION " + std::string(kVersion) + " "));
}

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
}

TEST(ClientAccess, OptionsComeBeforeTheEnvironment) {
  const auto environment = variables(
      {{"DELTA_URL", "http://a:1/, http://b:2,,http://a:1"}, {"DELTA_TOKEN", "secret\n"}});
  const auto found = find_access({}, environment, true);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_THAT(found->urls, ElementsAre("http://a:1", "http://b:2"));
  EXPECT_EQ(found->token.reveal(), "secret");
  EXPECT_THAT(find_access({.urls = {"https://c"}}, environment, true)->urls,
              ElementsAre("https://c"));
}

TEST(ClientAccess, WhatIsMissingIsSaidWithWhatToDo) {
  const auto nothing = find_access({}, variables({}), true);
  EXPECT_EQ(nothing.error().code, ExitCode::kUsage);
  EXPECT_THAT(nothing.error().hint.value(), HasSubstr("DELTA_URL"));
  const AccessOptions here{.urls = {"http://a"}};
  EXPECT_THAT(find_access(here, variables({}), true).error().hint.value(),
              HasSubstr("--token-file FILE, or set DELTA_TOKEN_FILE or DELTA_TOKEN"));
  EXPECT_TRUE(find_access(here, variables({}), false));
  for (const char* bad : {"ftp://a", "a:8080", "http://", "http://a?b", "http://a b"}) {
    EXPECT_FALSE(find_access({.urls = {bad}}, variables({}), false)) << bad;
  }
}

TEST(ClientAccess, ABadTokenIsNotShown) {
  const auto bad =
      find_access({.urls = {"http://a"}}, variables({{"DELTA_TOKEN", "two words"}}), true);
  EXPECT_EQ(bad.error().message, "DELTA_TOKEN holds something that is not a token");
  EXPECT_EQ(find_access({.urls = {"http://a"}, .token_file = "no/such"}, variables({}), true)
                .error()
                .message,
            "the token's file 'no/such' cannot be opened");
}

}  // namespace
}  // namespace delta::client
