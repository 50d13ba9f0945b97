// Calls to orchestrators that are absent, busy, uncertain or no orchestrators at all: nothing is
// done twice, and nothing is given up too early.
#include "tests/live/client_fixture.h"

namespace delta::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(ClientTest, WhatIsUnavailableIsTriedAgainWithTheSameKey) {
  const Scripted server({unavailable(), unavailable(), submitted()});
  DeltaClient delta = client({server.url()});
  const auto reply = delta.ask<SubmitReply>(submission());
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(to_string(reply->run), kRunId);
  EXPECT_EQ(pauses_, 2);
  EXPECT_THAT(notices_, ElementsAre(server.url() +
                                    ": unavailable: ingestion is paused; trying again for 30s"));
  ASSERT_THAT(server.requests(), SizeIs(3));
  for (const std::string& request : server.requests()) {
    EXPECT_EQ(request, server.requests()[0]);
    EXPECT_THAT(request, StartsWith("POST /api/v1/runs HTTP/1.1\r\n"));
    EXPECT_EQ(line_of(request, "Idempotency-Key"), "Idempotency-Key: my key");
    EXPECT_EQ(line_of(request, "Authorization"), "Authorization: Bearer t0ken");
  }
}

TEST_F(ClientTest, ALostAnswerNeverSubmitsTwice) {
  const Scripted server({kDrop, http(502, "<html>"), http(504, no(Status::unknown)), submitted()});
  DeltaClient delta = client({server.url()});
  ASSERT_TRUE(delta.ask<SubmitReply>(submission()));
  ASSERT_THAT(server.requests(), SizeIs(4));
  for (const std::string& request : server.requests()) EXPECT_EQ(request, server.requests()[0]);
}

TEST_F(ClientTest, AtTheEndItSaysWhetherItMayHaveBeenDone) {
  const Scripted lost({kDrop, unavailable()});
  DeltaClient delta = client({lost.url()}, 10s);
  const auto perhaps = delta.call(submission());
  ASSERT_FALSE(perhaps);
  EXPECT_EQ(perhaps.error().code, ExitCode::kUnreachable);
  EXPECT_THAT(perhaps.error().message, HasSubstr("; it may have been done"));
  EXPECT_EQ(perhaps.error().hint, "run it again with --key 'my key': it is not done twice");
  EXPECT_GT(pauses_, 3);
  EXPECT_LE(now_, 10s);

  DeltaClient alone = client({nobody(), nobody()}, 10s);
  const auto nothing = alone.call(submission());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ExitCode::kUnreachable);
  EXPECT_THAT(nothing.error().message,
              AllOf(StartsWith("no orchestrator did it: "), Not(HasSubstr("may have been done"))));
}

TEST_F(ClientTest, ARefusalIsFinal) {
  const Scripted server({http(409, no(Status::key_reused)),
                         http(404, no(Status::refused, "", Reason::not_found)),
                         http(401, no(Status::invalid, "send a header")),
                         http(422, no(Status::invalid, "spec.jobs:\x1b[2J no"))});
  DeltaClient delta = client({server.url(), nobody()});
  for (const char* why : {"this key was used for something else before", "there is no such run",
                          "the orchestrator does not know this token", "spec.jobs:?[2J no"}) {
    const auto reply = delta.call(submission());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, ExitCode::kRefused);
    EXPECT_EQ(reply.error().message, why);
  }
  EXPECT_EQ(pauses_, 0);
}

TEST_F(ClientTest, GarbageIsNoOrchestrator) {
  const Scripted server({http(200, "<html>hello</html>")});
  DeltaClient delta = client({server.url()});
  const auto reply = delta.call({.kind = "list_runs"});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ExitCode::kUnreachable);
  EXPECT_THAT(reply.error().message, HasSubstr("something that no orchestrator says"));
  EXPECT_EQ(pauses_, 0);

  const Scripted other({submitted()});
  DeltaClient confused = client({other.url()});
  EXPECT_EQ(confused.ask<RunView>({.kind = "list_runs"}).error().message,
            "the answer is not the one to this request");
}

TEST_F(ClientTest, AnotherOrchestratorIsAskedAndTheAbsentOneSaidOnce) {
  const Scripted server({submitted()});
  const std::string gone = nobody();
  DeltaClient delta = client({gone, server.url()});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(delta.call(submission()));
  EXPECT_EQ(pauses_, 0);
  ASSERT_THAT(notices_, SizeIs(1));
  EXPECT_THAT(notices_[0], AllOf(StartsWith(gone), HasSubstr("; trying the next one")));
}

}  // namespace
}  // namespace delta::client
