// Logs that are printed and followed, from scripted orchestrators.
#include "tests/live/client_fixture.h"

namespace delta::client {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The job `test` of the sample run, in an attempt's state.
std::string in_state(JobState job, AttemptState attempt, std::uint16_t number = 1) {
  RunView run = sample_run();
  run.jobs[1] = {job, attempt, {2, number}, number};
  return shown(run);
}
std::string running(std::uint16_t number = 1) {
  return in_state(JobState::open, AttemptState::running, number);
}
std::string none() { return http(404, no(Status::invalid, "the attempt has left no log")); }
std::string partial(const std::string& text) {
  return "HTTP/1.1 200 OK\r\nX-Delta-Log: partial\r\nContent-Length: " +
         std::to_string(text.size()) + "\r\n\r\n" + text;
}
std::string whole(const std::string& text) { return http(200, text); }

class ClientLogsTest : public ClientTest {
 protected:
  Outcome<ExitCode> logs(const std::vector<std::string>& answers, bool follow = true,
                         const std::string& job = "test") {
    const Scripted server(answers);
    DeltaClient delta = client({server.url()});
    CommandLine line;
    line.run = kRunId;
    line.job = job;
    line.follow = follow;
    auto code = logs_command(line, session(delta));
    requests_ = server.requests();
    return code;
  }
  /// What the n-th request for a log asked.
  std::string query(std::size_t request) const {
    const std::string line = line_of(requests_.at(request), "GET ");
    return line.substr(line.find('?') + 1, line.find(" HTTP") - line.find('?') - 1);
  }
  static std::string attempt(std::uint64_t number) {
    return "attempt=" + to_string(AttemptId{2, number});
  }

  std::vector<std::string> requests_;
};

TEST_F(ClientLogsTest, OfARunningJobAreWhatItHasPrintedSoFar) {
  EXPECT_EQ(logs({running(), partial("one\n")}, false), ExitCode::kDone);
  EXPECT_EQ(out_.str(), "one\n");
  EXPECT_EQ(err_.str(), "test: the log so far; --follow waits for the rest\n");
}

TEST_F(ClientLogsTest, OfAJobThatWasLostMayLackTheirEnd) {
  EXPECT_EQ(logs({in_state(JobState::failed, AttemptState::lost), partial("one\n")}, false),
            ExitCode::kDone);
  EXPECT_EQ(err_.str(), "test: lost; the log may lack its end\n");
}

TEST_F(ClientLogsTest, AreFollowedUntilTheJobIsOver) {
  EXPECT_EQ(logs({running(), running(), none(), running(), partial("one\n"), running(), partial(""),
                  running(), partial("\x1b[31mtwo\n"),
                  in_state(JobState::succeeded, AttemptState::succeeded), whole("three\n")}),
            ExitCode::kDone);
  EXPECT_EQ(out_.str(), "one\n\x1b[31mtwo\nthree\n") << "as the job printed it";
  EXPECT_EQ(err_.str(), "");
  EXPECT_EQ(now_, 4s);
  EXPECT_EQ(query(2), attempt(1) + "&offset=0");
  EXPECT_EQ(query(4), attempt(1) + "&offset=0");
  EXPECT_EQ(query(6), attempt(1) + "&offset=4");
  EXPECT_EQ(query(8), attempt(1) + "&offset=4");
  EXPECT_EQ(query(10), attempt(1) + "&offset=13");
}

TEST_F(ClientLogsTest, GoOnWithTheNextAttempt) {
  EXPECT_EQ(
      logs({running(), running(), partial("on"), running(2), whole("e\n"), none(), running(2),
            partial("two\n"), in_state(JobState::failed, AttemptState::failed, 2), whole("end\n")}),
      ExitCode::kFailed);
  EXPECT_EQ(out_.str(), "one\ntwo\nend\n");
  EXPECT_EQ(err_.str(), "test: attempt 2 begins\ntest: failed\n");
  EXPECT_EQ(query(4), attempt(1) + "&offset=2");
  EXPECT_EQ(query(5), attempt(2) + "&offset=0");
}

TEST_F(ClientLogsTest, SayWhatMayBeMissing) {
  EXPECT_EQ(logs({running(), running(), partial("one\n"), running(2), partial(""), none(),
                  in_state(JobState::cancelled, AttemptState::cancelled, 2), partial("two\n"),
                  partial("three\n")}),
            ExitCode::kFailed);
  EXPECT_EQ(out_.str(), "one\ntwo\nthree\n") << "with what was stored after the cancellation";
  EXPECT_EQ(err_.str(),
            "test: the log of this attempt may lack its end\n"
            "test: attempt 2 begins\n"
            "test: cancelled; the log may lack its end\n");
}

TEST_F(ClientLogsTest, OfASilentJobAreNone) {
  EXPECT_EQ(logs({in_state(JobState::succeeded, AttemptState::succeeded),
                  in_state(JobState::succeeded, AttemptState::succeeded), none()}),
            ExitCode::kDone);
  EXPECT_EQ(out_.str(), "");
  EXPECT_EQ(err_.str(), "test: succeeded; there is no log\n");
}

TEST_F(ClientLogsTest, AreFollowedAcrossAnAbsence) {
  EXPECT_EQ(logs({running(), kDrop, running(), kDrop, http(503, "busy"), partial("one\n"),
                  in_state(JobState::succeeded, AttemptState::succeeded), whole("two\n")}),
            ExitCode::kDone);
  EXPECT_EQ(out_.str(), "one\ntwo\n");
}

TEST_F(ClientLogsTest, OfSeveralJobsAreNotFollowedAtOnce) {
  const auto code = logs({running()}, true, "");
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ExitCode::kUsage);
  EXPECT_THAT(code.error().message, HasSubstr("say which one"));
}

TEST_F(ClientLogsTest, ARefusalIsNoSilence) {
  const auto code =
      logs({running(), running(), http(400, no(Status::invalid, "unknown query parameter"))});
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, ExitCode::kRefused);
  EXPECT_THAT(code.error().message, StartsWith("unknown query parameter"));
}

TEST_F(ClientLogsTest, AreNotFollowedWhenNobodyReads) {
  out_.setstate(std::ios::badbit);
  EXPECT_EQ(logs({running(), running(), partial("one\n")}), ExitCode::kDone);
  EXPECT_EQ(requests_.size(), 3U);
}

}  // namespace
}  // namespace delta::client
