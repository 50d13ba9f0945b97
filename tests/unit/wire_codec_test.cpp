// Requests, answers and messages as JSON: what is read equals what was written, and whatever else
// comes is refused with its place.
#include "platform/wire/codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/audit.h"
#include "core/text.h"
#include "tests/unit/aggregates.h"
#include "tests/unit/wire_sample.h"

namespace delta::wire {
namespace {

using testing::HasSubstr;

template <class T>
std::string error_of(const std::expected<T, Error>& decoded) {
  return decoded ? "it was read" : decoded.error();
}

RC_GTEST_PROP(WireCodec, ReadsEveryRequestThatItWrote, ()) {
  const Request request = test::request(test::below(std::variant_size_v<Request>));
  const std::string text = encode(request);
  const auto read = decode_request(kind_of(request), text);
  RC_ASSERT(read.has_value());
  RC_ASSERT(test::same(*read, request));
  RC_ASSERT(encode(*read) == text);
}

RC_GTEST_PROP(WireCodec, ReadsEveryResponseThatItWrote, ()) {
  const Response response = test::response();
  const std::string text = encode(response);
  const auto read = decode_response(text);
  RC_ASSERT(read.has_value());
  RC_ASSERT(test::same(*read, response));
  RC_ASSERT(encode(*read) == text);
}

RC_GTEST_PROP(WireCodec, KeepsTheDigestOfEveryMessage, ()) {
  AuditEvent event;
  event.what.message = test::message(test::below(std::variant_size_v<Message>));
  const std::string text = encode(event.what.message);
  const auto read = decode_message(text);
  RC_ASSERT(read.has_value());
  RC_ASSERT(encode(*read) == text);
  const Digest digest = digest_of(event);
  event.what.message = *read;
  RC_ASSERT(digest_of(event) == digest);
}

RC_GTEST_PROP(WireCodec, ReadsTheBatchesThatItWrote, ()) {
  const auto one = [] { return test::request(*rc::gen::element<std::size_t>(4, 6, 7, 8)); };
  const std::vector<Request> requests = test::several(one);
  const auto read = decode_batch(encode_batch(requests));
  RC_ASSERT(read.has_value());
  RC_ASSERT(test::same(*read, requests));
  const std::vector<Response> responses = test::several(test::response);
  const auto answers = decode_batch_responses(encode_batch(responses));
  RC_ASSERT(answers.has_value());
  RC_ASSERT(test::same(*answers, responses));
}

// The texts themselves: other programs read them, and the audit log keeps them for years.

const AttemptRef kRef{{0, 1}, 2, {0, 3}};
const Lease kLease{kRef, 4, {0, 5}};
const Credentials kCredentials{kRef, 4, {0, 5}};
const std::string kRefText = R"("run":"00000000000000000000000000000001","job":2,)"
                             R"("attempt":"00000000000000000000000000000003")";
const std::string kLeaseText =
    R"("lease":{)" + kRefText + R"(,"epoch":4,"token":"00000000000000000000000000000005"})";
const std::string kCredentialsText =
    R"("lease":{)" + kRefText + R"(,"epoch":4,"token_hash":"00000000000000000000000000000005"})";
const std::string kOperationText = R"("operation":"00000000000000000000000000000009")";

SharedSpec small_spec() {
  RunSpec spec;
  spec.jobs.resize(1);
  spec.jobs[0].name = "a";
  spec.jobs[0].command = "true";
  return prepare(spec).value();
}
const std::string kSpecText = R"("spec":{"jobs":[{"name":"a","command":"true"}]})";

TEST(WireCodec, WritesRequests) {
  const OperationId key{0, 9};
  const RunnerId runner{0, 6};
  const std::vector<std::pair<Request, std::string>> texts{
      {SubmitRequest{key, small_spec()}, "{" + kOperationText + "," + kSpecText + "}"},
      {CancelRequest{key, {0, 1}},
       "{" + kOperationText + R"(,"run":"00000000000000000000000000000001"})"},
      {GetRunRequest{{0, 1}}, R"({"run":"00000000000000000000000000000001"})"},
      {AcquireRequest{key, runner, {0, 5}, 3, 90s, {8, 7, 0, 1}},
       "{" + kOperationText +
           R"(,"runner":"00000000000000000000000000000006")"
           R"(,"token":"00000000000000000000000000000005")"
           R"(,"slots":3,"wait":"1m30s",)"
           R"("statistics":{"slots":8,"busy_slots":7,"secret_failures":1}})"},
      {StartRequest{kLease}, "{" + kLeaseText + "}"},
      {HeartbeatRequest{runner, {}, {}},
       R"({"runner":"00000000000000000000000000000006","leases":[]})"},
      {ReportRequest{kLease, AttemptState::uploading},
       "{" + kLeaseText + R"(,"phase":"uploading"})"},
      {CompleteRequest{kLease, false, FailureClass::infrastructure, {{"log", {}, 255}}},
       "{" + kLeaseText +
           R"(,"succeeded":false,"failure":"infrastructure",)"
           R"("artifacts":[{"name":"log","digest":"00000000000000ff"}]})"},
      {CancelAckRequest{kLease}, "{" + kLeaseText + "}"},
      {CheckpointRequest{kLease, {2, R"({"a":1})"}},
       "{" + kLeaseText + R"(,"checkpoint":{"steps":2,"state":"{\"a\":1}"}})"},
      {MetricsRequest{}, "{}"}};
  for (const auto& [request, text] : texts) EXPECT_EQ(encode(request), text);
}

TEST(WireCodec, WritesAdminRequests) {
  const std::vector<std::pair<AdminAction, std::string>> texts{
      {PauseIngestion{}, ""},
      {ResumeIngestion{}, ""},
      {SetLeaseTtl{5min, 1h}, R"(,"ttl":"5m","for_how_long":"1h")"},
      {LimitConcurrency{7}, R"(,"most":7)"},
      {LimitSubmissions{0}, R"(,"per_minute":0)"},
      {ReenqueueWork{{0, 3}}, R"(,"attempt":"00000000000000000000000000000003")"},
      {ReenqueueWork{}, R"(,"all":true)"},
      {RevokeLeases{kRef, {}}, R"(,"attempt":{)" + kRefText + "}"},
      {RevokeLeases{{}, {0, 6}}, R"(,"runner":"00000000000000000000000000000006")"},
      {RevokeLeases{}, R"(,"all":true)"},
      {BeginGeneration{}, ""}};
  for (const auto& [action, text] : texts) {
    EXPECT_EQ(encode(AdminRequest{{0, 9}, "ann", action}),
              "{" + kOperationText + R"(,"who":"ann")" + text + "}");
  }
}

TEST(WireCodec, WritesResponses) {
  const auto body = [](ReplyBody reply) { return encode(Response{Status::ok, {}, {}, reply}); };
  const auto text = [](const std::string& inner) {
    return R"({"status":"ok","body":{"kind":)" + inner + "}}";
  };
  EXPECT_EQ(encode(Response{Status::refused, Reason::stale, "too late", {}}),
            R"({"status":"refused","reason":"stale","detail":"too late"})");
  EXPECT_EQ(body(SubmitReply{{0, 1}, {2, {}}}),
            text(R"("submit","run":"00000000000000000000000000000001",)"
                 R"("audit":{"length":2,"digest":")" +
                 std::string(64, '0') + R"("})"));
  EXPECT_EQ(body(CancelReply{RunState::cancelled}), text(R"("cancel","state":"cancelled")"));
  EXPECT_EQ(body(AcquireReply{{{kRef, 4, small_spec()}}}),
            text(R"("acquire","grants":[{)" + kRefText + R"(,"epoch":4,)" + kSpecText + "}]"));
  EXPECT_EQ(body(LeaseReply{2min}), text(R"("lease","ttl":"2m")"));
  EXPECT_EQ(body(HeartbeatReply{{{{0, 3}, Reason::lease_over, false, 0s}}}),
            text(R"("heartbeat","leases":[{"attempt":"00000000000000000000000000000003",)"
                 R"("refused":"lease_over","cancel":false,"ttl":"0s"}])"));
  EXPECT_EQ(body(RunView{{0, 1}, RunState::running, DbTime(7ns), kNever, small_spec(), {{}}}),
            text(R"("run","id":"00000000000000000000000000000001","state":"running",)"
                 R"("submitted_at":"7",)" +
                 kSpecText +
                 R"(,"jobs":[{"state":"open","attempt":"waiting",)"
                 R"("current":"00000000000000000000000000000000","attempts":0}])"));
  EXPECT_EQ(body(AdminReply{1, true, 2, {3, false, 1s, DbTime(2ns), 3s, DbTime(-4ns), 5, 6}}),
            text(R"("admin","rows":1,"more":true,"generation":"2","policy":{"version":3,)"
                 R"("ingesting":false,"lease_ttl":"1s","lease_ttl_until":"2","former_ttl":"3s",)"
                 R"("former_until":"-4","most_leases":5,"submissions_per_minute":6})"));
  EXPECT_EQ(body(ListRunsReply{{{{0, 1}, RunState::failed, "ci", DbTime(1ns), DbTime(2ns)}}}),
            text(R"("runs","runs":[{"id":"00000000000000000000000000000001","state":"failed",)"
                 R"("name":"ci","submitted_at":"1","finished_at":"2"}])"));
  EXPECT_EQ(body(ListArtifactsReply{{{kRef, {}}}}),
            text(R"("artifacts","attempts":[{)" + kRefText + R"(,"artifacts":[]}])"));
  EXPECT_EQ(body(MetricsReply{}), R"({"status":"ok"})");
}

TEST(WireCodec, WritesMessages) {
  const std::string run = R"(,"run":"00000000000000000000000000000001")";
  const std::vector<std::pair<Message, std::string>> texts{
      {Submit{{0, 1}, small_spec()}, run + "," + kSpecText},
      {Cancel{{0, 1}}, run},
      {Acquire{{0, 3}, {0, 6}, {0, 5}}, R"(,"attempt":"00000000000000000000000000000003")"
                                        R"(,"runner":"00000000000000000000000000000006")"
                                        R"(,"token_hash":"00000000000000000000000000000005")"},
      {Start{kCredentials}, "," + kCredentialsText},
      {Heartbeat{kCredentials}, "," + kCredentialsText},
      {Report{kCredentials, AttemptState::running},
       "," + kCredentialsText + R"(,"phase":"running")"},
      {Complete{kCredentials, true, FailureClass::user, {{"log", ArtifactState::missing, 0}}},
       "," + kCredentialsText +
           R"(,"succeeded":true,)"
           R"("artifacts":[{"name":"log","state":"missing","digest":"0000000000000000"}])"},
      {CancelAck{kCredentials}, "," + kCredentialsText},
      {Expire{kRef}, "," + kRefText},
      {Revoke{kRef, "ann"}, "," + kRefText + R"(,"who":"ann")"},
      {ForceCancel{kRef}, "," + kRefText},
      {TimeOut{kRef}, "," + kRefText},
      {RunTimeOut{{0, 1}}, run},
      {Reenqueue{{0, 3}, {}}, R"(,"attempt":"00000000000000000000000000000003")"},
      {SetPolicy{{.lease_ttl = TtlOverride{1s, 2s}, .most_leases = 0}, "ann"},
       R"(,"change":{"lease_ttl":{"ttl":"1s","for_how_long":"2s"},"most_leases":0},"who":"ann")"},
      {RaiseGeneration{"ann", 7}, R"(,"who":"ann","above":"7")"},
      {SaveCheckpoint{kCredentials, {2, ""}},
       "," + kCredentialsText + R"(,"checkpoint":{"steps":2})"}};
  const std::size_t of_schedules = 3;  // wire_schedule_test.cpp
  ASSERT_EQ(texts.size() + of_schedules, std::variant_size_v<Message>);
  for (const auto& [message, text] : texts) {
    EXPECT_EQ(encode(message),
              R"({"kind":")" + std::string(name_of(message)) + R"(")" + text + "}");
  }
}

TEST(WireCodec, TakesWhatTheRouteSays) {
  const FromRoute route{OperationId{0, 9}, RunId{0, 1}, "ann"};
  const auto cancel = decode_request("cancel", "", route);
  ASSERT_TRUE(cancel) << cancel.error();
  EXPECT_EQ(encode(*cancel), encode(CancelRequest{{0, 9}, {0, 1}}));
  const auto pause = decode_request("pause_ingestion", "{}", route);
  ASSERT_TRUE(pause) << pause.error();
  EXPECT_EQ(encode(*pause), encode(AdminRequest{{0, 9}, "ann", PauseIngestion{}}));
  EXPECT_TRUE(decode_request("cancel", encode(*cancel), route));
  EXPECT_TRUE(decode_request("start", "{" + kLeaseText + "}", route));

  EXPECT_EQ(error_of(decode_request("cancel", "{}", {})), "the key 'operation' is missing");
  EXPECT_EQ(error_of(decode_request("pause_ingestion", R"({"who":"bob"})", route)),
            "who: is not what the request's path or headers say");
  EXPECT_EQ(
      error_of(decode_request("get_run", R"({"run":"00000000000000000000000000000002"})", route)),
      "run: is not what the request's path or headers say");
}

TEST(WireCodec, NamesThePlaceOfAMistake) {
  const auto heartbeat = [](const std::string& lease) {
    return error_of(decode_request(
        "heartbeat", R"({"runner":"00000000000000000000000000000006","leases":[)" + lease + "]}"));
  };
  const auto start = [](const std::string& epoch) {
    return error_of(
        decode_request("start", R"({"lease":{)" + kRefText + R"(,"epoch":)" + epoch +
                                    R"(,"token":"00000000000000000000000000000005"}})"));
  };
  EXPECT_EQ(heartbeat("7"), "leases[0]: must be an object, not a number");
  EXPECT_EQ(heartbeat("{}"), "leases[0]: the key 'run' is missing");
  EXPECT_EQ(heartbeat(R"({"rum":"x"})"), "leases[0]: the key 'run' is missing, but there is 'rum'");
  EXPECT_EQ(heartbeat(R"({"run":"00000000000000000000000000000G06"})"),
            "leases[0].run: must be 32 lower-case hexadecimal digits");
  EXPECT_EQ(heartbeat(R"({"run":"x","run":"y"})"), "leases[0]: the key 'run' is there twice");
  for (const char* bad : {"-1", "4294967296", "1.5", "1.0", "1e3", "99999999999999999999999"}) {
    EXPECT_EQ(start(bad), "lease.epoch: must be a whole number from 0 to 4294967295") << bad;
  }
  EXPECT_EQ(start("\"4\""), "lease.epoch: must be a number, not a string");
  EXPECT_EQ(start("null"), "lease.epoch: must be a number, not null");
  EXPECT_EQ(error_of(decode_request("start", "{" + kLeaseText + R"(,"Lease":1})")),
            "unknown key 'Lease'; did you mean 'lease'?");
  EXPECT_EQ(
      error_of(decode_request("report", "{" + kLeaseText + R"(,"phase":"runing"})")),
      "phase: 'runing' is not one of: waiting, queued, leased, starting, running, uploading, "
      "cancel_requested, succeeded, failed, timed_out, lost, cancelled, skipped; did you mean "
      "'running'?");
  EXPECT_EQ(error_of(decode_request("strat", "{}")), "there is no request 'strat'");
  EXPECT_EQ(error_of(decode_request("", "{}")), "there is no request ''");
  EXPECT_EQ(error_of(decode_batch(R"([{"kind":"submit"}])")),
            "[0].kind: 'submit' is not one of: start, report, complete, cancel_ack, checkpoint");
  EXPECT_EQ(error_of(decode_response(R"({"status":"ok","body":{"kind":"metrics"}})")),
            "body.kind: 'metrics' is not one of: submit, cancel, acquire, lease, heartbeat, run, "
            "admin, runs, artifacts, schedule, schedules, runners");
  EXPECT_EQ(error_of(decode_response(R"({"status":"ok","body":{"kind":"lease","ttl":"1"}})")),
            "body.ttl: '1' has no unit; write 1s");
  EXPECT_EQ(error_of(decode_message(R"({"kind":"raise_generation","above":7})")),
            "above: must be a string, not a number");
  EXPECT_EQ(error_of(decode_message(R"({"kind":"raise_generation","above":"-7"})")),
            "above: must be a whole number, as a string");
}

TEST(WireCodec, MakesWhoeverMeansAllSaySo) {
  const FromRoute route{OperationId{0, 9}, {}, "ann"};
  const auto revoke = [&](const std::string& text) {
    return error_of(decode_request("revoke_leases", text, route));
  };
  const std::string runner = R"("runner":"00000000000000000000000000000006")";
  EXPECT_EQ(revoke("{}"), "all: must be true when nothing else is named, and only then");
  EXPECT_EQ(revoke(R"({"all":false})"),
            "all: must be true when nothing else is named, and only then");
  EXPECT_EQ(revoke(R"({"all":true,)" + runner + "}"),
            "all: must be true when nothing else is named, and only then");
  EXPECT_EQ(revoke(R"({"attempt":{)" + kRefText + "}," + runner + "}"),
            "runner: must not be there beside an attempt");
  EXPECT_EQ(revoke(R"({"all":true})"), "it was read");
  EXPECT_EQ(revoke("{" + runner + "}"), "it was read");
  EXPECT_FALSE(decode_request("reenqueue", "{}", route));
}

TEST(WireCodec, RefusesWhatIsNotJson) {
  const auto error = [](const std::string& text) { return error_of(decode_response(text)); };
  EXPECT_EQ(error(""),
            "this is not JSON: line 1, column 1: syntax error while parsing value - unexpected end "
            "of input; expected '[', '{', or a literal");
  EXPECT_THAT(error("{\"status\":\n NaN}"), HasSubstr("line 2, column 2"));
  EXPECT_THAT(error("Infinity"), HasSubstr("invalid literal"));
  EXPECT_THAT(error("{'status':1}"), HasSubstr("this is not JSON"));
  EXPECT_THAT(error(R"({"status":"ok"} {})"), HasSubstr("expected end of input"));
  EXPECT_THAT(error(R"({"status":"ok",})"), HasSubstr("this is not JSON"));
  EXPECT_THAT(error("1e999"), HasSubstr("number overflow"));
  EXPECT_LT(error(std::string(100'000, '9') + "e9999").size(), 200U);
  EXPECT_THAT(error("{\"status\":\"\xff\"}"), HasSubstr("ill-formed UTF-8"));
  EXPECT_THAT(error("\"\xed\xa0\x80\""), HasSubstr("ill-formed UTF-8"));
  EXPECT_THAT(error(R"("\ud800")"), HasSubstr("surrogate"));
  EXPECT_EQ(error(std::string("{\"status\":\"ok\"}\0{", 18)),
            "this is not JSON: it holds a zero byte");
  EXPECT_EQ(error(R"({"status":"ok","detail":"\u0000"})"), "detail: a string must not hold U+0000");
  EXPECT_EQ(error(R"({"status":{"a":["\u0000"]}})"), "status.a[0]: a string must not hold U+0000");
  std::string place;
  for (int i = 0; i < 32; ++i) place += "[0]";
  EXPECT_EQ(error(std::string(100'000, '[')), place + ": nested deeper than 32 levels");
  std::string many = "{\"0\":0";
  for (int i = 1; i < 1000; ++i) many += ",\"" + std::to_string(i) + "\":0";
  EXPECT_EQ(error(many + "}"), "there are more than 32 keys");
}

TEST(WireCodec, TellsNoSecretOfATextThatItCannotRead) {
  EXPECT_THAT(error_of(decode_request("start", R"({"lease":{"token":"5ec4e7)")),
              testing::Not(HasSubstr("5ec4e7")));
}

std::vector<std::string> one_text_of_each() {
  std::vector<std::string> texts{
      encode(AcquireRequest{{0, 9}, {0, 6}, {0, 5}, 3, 90s, {8, 7, 0, 1}}),
      encode(HeartbeatRequest{{0, 6}, {kLease, kLease}, {}}),
      encode(Response{Status::refused, Reason::stale, "a \"b\" \n \xc3\xa9", LeaseReply{1s}}),
      encode(Message(Complete{kCredentials, true, {}, {{"log", {}, 7}}})),
      encode(SubmitRequest{{0, 9}, small_spec()})};
  return texts;
}

/// Reads the text as everything; what was read must be written and read again alike.
void read_as_everything(const std::string& text) {
  for (const char* kind : {"submit", "acquire", "heartbeat", "complete", "revoke_leases"}) {
    if (const auto request = decode_request(kind, text)) {
      EXPECT_TRUE(decode_request(kind, encode(*request))) << text;
    }
  }
  if (const auto response = decode_response(text)) {
    EXPECT_TRUE(decode_response(encode(*response))) << text;
  } else {
    EXPECT_FALSE(response.error().empty());
    EXPECT_TRUE(is_utf8(response.error())) << text;
  }
  if (const auto message = decode_message(text)) {
    EXPECT_TRUE(decode_message(encode(*message))) << text;
  }
  if (const auto spec = decode_spec(text)) {
    EXPECT_TRUE(decode_spec(encode(**spec))) << text;
  }
  EXPECT_FALSE(text.starts_with("{") && decode_batch(text)) << text;
}

TEST(WireCodec, RefusesATextThatEndsTooEarly) {
  for (const std::string& text : one_text_of_each()) {
    for (std::size_t length = 1; length < text.size(); ++length) {
      const std::string cut = text.substr(0, length);
      read_as_everything(cut);
      EXPECT_FALSE(decode_response(cut));
      EXPECT_FALSE(decode_request("acquire", cut));
    }
  }
}

RC_GTEST_PROP(WireCodec, SurvivesAnyBytes, ()) {
  std::string text = *rc::gen::elementOf(one_text_of_each());
  const std::size_t changes = test::below(4);
  for (std::size_t i = 0; i < changes; ++i) {
    text[test::below(text.size())] = *rc::gen::oneOf(
        rc::gen::arbitrary<char>(), rc::gen::element('{', '}', '[', ']', '"', ',', ':', '\\', '0'));
  }
  read_as_everything(text);
  read_as_everything(*rc::gen::arbitrary<std::string>());
}

TEST(OperationKey, IsAnIdOrIsHashed) {
  const OperationId id{0x0123456789abcdef, 0xfedcba9876543210};
  EXPECT_EQ(operation_id_of(to_string(id)), id);
  EXPECT_EQ(to_string(operation_id_of("abc")), "ba7816bf8f01cfea414140de5dae2223");
  EXPECT_NE(operation_id_of("0123456789ABCDEFFEDCBA9876543210"), id);
  EXPECT_TRUE(is_operation_key("deploy of 17:00"));
  EXPECT_TRUE(is_operation_key(std::string(200, 'x')));
  EXPECT_FALSE(is_operation_key(""));
  EXPECT_FALSE(is_operation_key(std::string(201, 'x')));
  EXPECT_FALSE(is_operation_key("a\n"));
  EXPECT_FALSE(is_operation_key("\xc3\xa9"));
}

}  // namespace
}  // namespace delta::wire
