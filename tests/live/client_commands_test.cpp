// The commands of the client against scripted orchestrators.
#include <cstdio>

#include "client/health.h"
#include "tests/live/client_fixture.h"

namespace delta::client {
namespace {

using test::Connection;
using test::RawServer;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

RunSummary summary(RunId id) {
  RunSummary summary;
  summary.id = id;
  return summary;
}

TEST_F(ClientTest, WatchingSurvivesAnAbsence) {
  RunView over = sample_run();
  over.state = RunState::failed;
  over.finished_at = kNewYear + 9s;
  const Scripted server({shown(sample_run()), kDrop, http(503, "busy"), shown(over)});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.run = kRunId;
  EXPECT_EQ(watch_command(line, session(delta)), ExitCode::kFailed);
  EXPECT_THAT(out_.str(), AllOf(StartsWith("0s      build: succeeded\n"),
                                HasSubstr("run 01234567 build and test: failed in 9s\n")));
}

TEST_F(ClientTest, SubmitPrintsTheIdAndNothingElse) {
  const Scripted server({submitted()});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.file = "-";
  EXPECT_EQ(submit_command(line, session(delta)), ExitCode::kDone);
  EXPECT_EQ(out_.str(), kRunId + "\n");
  EXPECT_EQ(err_.str(), "");
  EXPECT_THAT(server.requests().at(0),
              testing::EndsWith(R"({"spec":{"jobs":[{"name":"a","command":"b"}]}})"));
  EXPECT_THAT(line_of(server.requests()[0], "Idempotency-Key"),
              testing::MatchesRegex("Idempotency-Key: [0-9a-f]{32}"));
}

TEST_F(ClientTest, SubmitThenWatchEndsAsTheRunDoes) {
  RunView over = sample_run();
  over.state = RunState::succeeded;
  const Scripted server({submitted(), shown(over)});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.file = "-";
  line.watch = true;
  EXPECT_EQ(submit_command(line, session(delta)), ExitCode::kDone);
  EXPECT_THAT(out_.str(), StartsWith(kRunId + "\n0s      build: succeeded\n"));
}

TEST_F(ClientTest, ABadFileAsksNobody) {
  const Scripted server({submitted()});
  DeltaClient delta = client({server.url()});
  in_.str("jbos: []\n");
  CommandLine line;
  line.file = "-";
  EXPECT_EQ(submit_command(line, session(delta)), ExitCode::kUsage);
  EXPECT_THAT(err_.str(), HasSubstr("standard input:1:1: error: unknown key 'jbos'"));
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(ClientTest, RunsGoByTheBeginningOfTheirIds) {
  const auto listed = http(
      200, ok(ListRunsReply{{summary({0x0123456789abcdef, 1}), summary({0x0123456789abcdef, 2}),
                             summary({0x9999999999999999, 3})}}));
  const Scripted server({listed});
  DeltaClient delta = client({server.url()});
  EXPECT_EQ(find_run(delta, "99999999"), (RunId{0x9999999999999999, 3}));
  EXPECT_EQ(find_run(delta, "01234567").error().message, "2 runs begin with '01234567'");
  EXPECT_EQ(find_run(delta, "aaaaaaaa").error().code, ExitCode::kRefused);
  EXPECT_THAT(server.requests().at(0), StartsWith("GET /api/v1/runs?limit=500 HTTP/1.1\r\n"));
  EXPECT_EQ(find_run(delta, "0123456").error().code, ExitCode::kUsage);
  EXPECT_EQ(find_run(delta, "lateste").error().code, ExitCode::kUsage);
  EXPECT_EQ(find_run(delta, kRunId), (RunId{0x0123456789abcdef, 1}));
  EXPECT_THAT(server.requests(), SizeIs(3));
}

TEST_F(ClientTest, CancellingTwiceIsNoFailure) {
  const Scripted server({http(200, ok(CancelReply{RunState::cancel_requested})),
                         http(409, no(Status::refused, "", Reason::already_done))});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.run = kRunId;
  EXPECT_EQ(cancel_command(line, session(delta)), ExitCode::kDone);
  EXPECT_EQ(cancel_command(line, session(delta)), ExitCode::kDone);
  EXPECT_EQ(out_.str(), "cancel_requested\nalready over\n");
}

TEST_F(ClientTest, AFileThatBreaksOffIsFetchedFromItsBeginning) {
  // The first answer ends when its connection does.
  const RawServer broken([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nthe begin");
  });
  const Scripted good({unavailable(), http(200, "begin and end")});
  DeltaClient delta = client({broken.url(""), good.url()});
  CommandLine line;
  line.run = kRunId;
  line.job = "build";
  line.name = "dir/x y";
  line.out = "-";
  EXPECT_EQ(download_command(line, session(delta)), ExitCode::kDone);
  EXPECT_EQ(out_.str(), "begin and end");
  EXPECT_THAT(good.requests().at(0), StartsWith("GET /api/v1/runs/" + kRunId +
                                                "/jobs/build/artifacts/dir%2Fx%20y HTTP/1.1\r\n"));
}

TEST_F(ClientTest, DownloadsReplaceNothingUnasked) {
  const std::string folder = testing::TempDir();
  const Scripted server({http(200, "bytes")});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.run = kRunId;
  line.job = "0";
  line.name = "../..";
  EXPECT_EQ(download_command(line, session(delta)).error().code, ExitCode::kUsage);
  line.name = "elsewhere/CMakeLists.txt";  // there is one in this folder
  EXPECT_EQ(download_command(line, session(delta)).error().code, ExitCode::kUsage);
  line.out = folder + "/client_test_download";
  EXPECT_EQ(download_command(line, session(delta)), ExitCode::kDone);
  std::FILE* file = std::fopen(line.out.c_str(), "r");
  ASSERT_NE(file, nullptr);
  char text[16] = {};
  EXPECT_EQ(std::fread(text, 1, sizeof(text), file), 5U);
  EXPECT_STREQ(text, "bytes");
  std::fclose(file);
  std::remove(line.out.c_str());
  line.out = folder + "/no/such/folder/x";
  EXPECT_EQ(download_command(line, session(delta)).error().code, ExitCode::kOutput);
}

TEST_F(ClientTest, LogsOfAllJobs) {
  const Scripted server({shown(sample_run()), http(200, "made\n"),
                         http(404, no(Status::invalid, "no log yet")), http(200, "x\n")});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.run = kRunId;
  EXPECT_EQ(logs_command(line, session(delta)), ExitCode::kDone);
  EXPECT_EQ(out_.str(), "==> build <==\nmade\n\n==> test <==\n\n==> deploy <==\nx\n");
  EXPECT_EQ(err_.str(), "test: no log yet\n");
}

TEST_F(ClientTest, DangerousActionsAskFirst) {
  const Scripted server({http(200, ok(AdminReply{4, false, 2, {}}))});
  DeltaClient delta = client({server.url()});
  Session asked = session(delta);
  CommandLine line;
  line.admin.kind = "revoke_leases";
  line.admin.all = true;
  EXPECT_EQ(admin_command(line, asked).error().hint, "say --yes, as there is nobody to ask");
  asked.in_is_terminal = true;
  in_.str("no\nyes\n");
  EXPECT_EQ(admin_command(line, asked).error().message, "nothing was done");
  EXPECT_THAT(server.requests(), IsEmpty());
  EXPECT_EQ(admin_command(line, asked), ExitCode::kDone);
  EXPECT_THAT(server.requests().at(0), testing::EndsWith("\r\n\r\n{\"all\":true}"));
  EXPECT_THAT(out_.str(), StartsWith("attempts     4 were acted on\ngeneration   2\n"));
}

TEST_F(ClientTest, ALeaseIsRevokedByItsJob) {
  const Scripted server({shown(sample_run()), http(200, ok(AdminReply{1, false, 1, {}}))});
  DeltaClient delta = client({server.url()});
  CommandLine line;
  line.admin.kind = "revoke_leases";
  line.admin.run = kRunId;
  line.admin.job = "test";
  EXPECT_EQ(admin_command(line, session(delta)), ExitCode::kDone);
  EXPECT_THAT(server.requests().at(1),
              testing::EndsWith("{\"attempt\":{\"run\":\"" + kRunId +
                                "\",\"job\":1,\"attempt\":\"00000000000000020000000000000002\"}}"));
}

/// An orchestrator's health and metrics, by path.
RawServer::Behaviour orchestrator(std::int64_t queue_up) {
  return [queue_up](Connection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      std::string body = R"({"version":"0.1.0"})";
      if (request.starts_with("GET /livez")) body = R"({"live":true})";
      if (request.starts_with("GET /readyz")) body = R"({"ready":true,"database":true})";
      if (request.starts_with("GET /metrics")) {
        Metrics metrics;
        metrics.set(Metric::database_up, 1);
        metrics.set(Metric::queue_up, queue_up);
        metrics.set(Metric::runners_seen, 1);
        body = prometheus_text(metrics.snapshot());
      }
      connection.answer(body);
    }
  };
}

TEST_F(ClientTest, TheDoctorSaysWhatIsWrong) {
  const Consoles consoles{{.stream = out_, .width = 80}, {.stream = err_}};
  const HealthTools tools{[this] { return now_; }, [this](Duration pause) { now_ += pause; }};
  const RawServer well(orchestrator(1));
  const RawServer ill(orchestrator(0));
  EXPECT_EQ(doctor_command(http_, {well.url("")}, 3s, consoles, tools), ExitCode::kDone);
  EXPECT_EQ(now_, 3s);
  EXPECT_THAT(out_.str(), HasSubstr("diagnosis: none. Nothing is failing.\n"));
  EXPECT_EQ(doctor_command(http_, {ill.url("")}, 0s, consoles, tools), ExitCode::kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("diagnosis: queue. The queue is not reached.\n"));
  out_.str("");
  EXPECT_EQ(doctor_command(http_, {well.url(""), nobody()}, 0s, consoles, tools),
            ExitCode::kFailed);
  EXPECT_THAT(out_.str(), AllOf(StartsWith("FAIL  http://127.0.0.1:"),
                                HasSubstr("diagnosis: orchestrator. Only 1 of 2")));
  EXPECT_EQ(doctor_command(http_, {nobody()}, 9s, consoles, tools), ExitCode::kUnreachable);
}

TEST_F(ClientTest, StatusIsATable) {
  const Consoles consoles{{.stream = out_, .width = 80}, {.stream = err_}};
  const RawServer well(orchestrator(1));
  EXPECT_EQ(status_command(http_, {well.url("")}, consoles), ExitCode::kDone);
  EXPECT_THAT(out_.str(), HasSubstr("  yes   yes    yes       -      0.1.0    -\n"));
  EXPECT_EQ(status_command(http_, {well.url(""), nobody()}, consoles), ExitCode::kFailed);
  EXPECT_EQ(status_command(http_, {nobody()}, consoles), ExitCode::kUnreachable);
}

}  // namespace
}  // namespace delta::client
