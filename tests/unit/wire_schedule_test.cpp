// Schedules as JSON: what is refused, and how it is said.
#include <gtest/gtest.h>

#include "platform/wire/codec.h"

namespace delta::wire {
namespace {

template <class Read>
std::string error_of(const Read& read) {
  return read ? "read without an error" : read.error();
}

SharedSpec small_spec() {
  RunSpec spec;
  spec.jobs.emplace_back().name = "a";
  spec.jobs[0].command = "true";
  return prepare(spec).value();
}
SharedSchedule nightly() {
  const ScheduleSpec spec{"nightly",
                          {ScheduleKind::cron, "30 2 * * *", "Europe/Berlin"},
                          CatchUp::all,
                          3,
                          small_spec()};
  return std::make_shared<const ScheduleSpec>(spec);
}
const std::string kSchedule = R"(,"schedule":"00000000000000000000000000000008")";
const std::string kScheduleText =
    R"({"name":"nightly","kind":"cron","expression":"30 2 * * *","zone":"Europe/Berlin",)"
    R"("catch_up":"all","cap":3,"run":{"jobs":[{"name":"a","command":"true"}]}})";

TEST(WireSchedule, WritesRequests) {
  const OperationId key{0, 9};
  const std::string kOperationText = R"("operation":"00000000000000000000000000000009")";
  const std::vector<std::pair<Request, std::string>> texts{
      {CreateScheduleRequest{key, nightly()},
       "{" + kOperationText + R"(,"spec":)" + kScheduleText + "}"},
      {ChangeScheduleRequest{key, "nightly", ScheduleState::paused},
       "{" + kOperationText + R"(,"schedule":"nightly","to":"paused"})"},
      {GetScheduleRequest{"nightly"}, R"({"schedule":"nightly"})"},
      {ListSchedulesRequest{"a", 7}, R"({"after":"a","limit":7})"}};
  for (const auto& [request, text] : texts) EXPECT_EQ(encode(request), text);
}

TEST(WireSchedule, WritesResponses) {
  const auto body = [](ReplyBody reply) { return encode(Response{Status::ok, {}, {}, reply}); };
  const auto text = [](const std::string& inner) {
    return R"({"status":"ok","body":{"kind":)" + inner + "}}";
  };
  const ScheduleView view{ScheduleState::active, nightly(), DbTime(1ns), DbTime(2ns), 3, 4};
  const std::string view_text = R"("state":"active","spec":)" + kScheduleText +
                                R"(,"created_at":"1","next_fire":"2","fires":"3","skipped":"4")";
  EXPECT_EQ(body(view), text(R"("schedule",)" + view_text));
  EXPECT_EQ(body(ListSchedulesReply{{view}}),
            text(R"("schedules","schedules":[{)" + view_text + "}]"));
}

TEST(WireSchedule, WritesMessages) {
  const std::vector<std::pair<Message, std::string>> texts{
      {CreateSchedule{{0, 8}, nightly(), DbTime(5ns)},
       kSchedule + R"(,"spec":)" + kScheduleText + R"(,"first":"5")"},
      {ChangeSchedule{{0, 8}, ScheduleState::active, DbTime(5ns)},
       kSchedule + R"(,"to":"active","next":"5")"},
      {Fire{{0, 8}, 2, {DbTime(3ns), DbTime(4ns)}, kNever},
       kSchedule + R"(,"older":"2","due":["3","4"])"}};
  for (const auto& [message, text] : texts) {
    EXPECT_EQ(encode(message),
              R"({"kind":")" + std::string(name_of(message)) + R"(")" + text + "}");
  }
}

TEST(WireSchedule, RefusesASpoiltSchedule) {
  const auto error = [](const std::string& changed) {
    return error_of(
        decode_schedule(R"({"name":"nightly","kind":"interval","expression":"90s","run":)"
                        R"({"jobs":[{"name":"a","command":"true"}]})" +
                        changed + "}"));
  };
  const auto spoilt = [](const std::string& name, const std::string& kind,
                         const std::string& expression) {
    return error_of(decode_schedule(R"({"name":")" + name + R"(","kind":")" + kind +
                                    R"(","expression":")" + expression +
                                    R"(","run":{"jobs":[{"name":"a","command":"true"}]}})"));
  };
  EXPECT_EQ(error(R"(,"cap":0)"), "the cap must be from 1 to 100");
  EXPECT_EQ(error(R"(,"cap":101)"), "the cap must be from 1 to 100");
  EXPECT_EQ(error(R"(,"zone":"Europe/Berlin")"), "an interval knows no time zone");
  EXPECT_EQ(error(R"(,"catch_up":"some")"), "catch_up: 'some' is not one of: all, latest, skip");
  EXPECT_EQ(error(R"(,"cron":"x")"), "unknown key 'cron'");
  EXPECT_EQ(spoilt("nightly", "interval", "1ms"), "the interval must be at least 1s");
  EXPECT_EQ(spoilt("nightly", "interval", std::string(257, '1')),
            "the expression and the zone have at most 256 characters");
  for (const std::string name : {"", "Nightly", "-a", "a b", "a/b", "\u00e9"}) {
    EXPECT_EQ(spoilt(name, "cron", "* * * * *"),
              "a schedule's name is 1 to 64 lower-case letters, digits, '-', '_' and '.', and "
              "begins with a letter or a digit");
  }
}

}  // namespace
}  // namespace delta::wire
