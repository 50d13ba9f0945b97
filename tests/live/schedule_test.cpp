// Schedules over HTTP, on a real PostgreSQL: created, fired, changed, and what is refused.
#include "core/replay.h"
#include "tests/live/api_fixture.h"

namespace delta::test {
namespace {

using testing::HasSubstr;

class ScheduleApi : public ApiFixture {
 protected:
  ScheduleApi() { open_ = open(); }

  static std::string spec(const std::string& name, const std::string& rest) {
    return R"({"spec":{"name":")" + name + R"(",)" + rest +
           R"(,"run":{"jobs":[{"name":"build","command":"true"}]}}})";
  }
  HttpReply create(const std::string& body, const std::string& key) {
    return call("POST", "/api/v1/schedules", known_.alice.token, body, key);
  }
  HttpReply create(const std::string& body) { return create(body, fresh_key()); }
  HttpReply change(const std::string& name, const std::string& to) {
    return call("POST", "/api/v1/schedules/" + name + "/state", known_.alice.token,
                R"({"to":")" + to + R"("})", fresh_key());
  }
  ScheduleView show(const std::string& name) {
    const Response response = response_of(get("/api/v1/schedules/" + name));
    const auto* view = std::get_if<ScheduleView>(&response.body);
    EXPECT_NE(view, nullptr);
    return view == nullptr ? ScheduleView{} : *view;
  }
};

TEST_F(ScheduleApi, AnIntervalFiresRunsThatNameIt) {
  const HttpReply created =
      create(spec("probe", R"("kind":"interval","expression":"1s")"), "the key");
  ASSERT_EQ(created.status, 200) << created.body;
  EXPECT_EQ(create(spec("probe", R"("kind":"interval","expression":"1s")"), "the key").body,
            created.body)
      << "the same operation";
  const std::vector<Grant> grants = acquire();
  ASSERT_EQ(grants.size(), 1U);
  const RunView run = view(grants[0].ref.run);
  EXPECT_EQ(run.schedule, schedule_id("probe"));
  const Response first = response_of(created);
  EXPECT_EQ(run.fire_at, std::get<ScheduleView>(first.body).next_fire);
  EXPECT_GE(show("probe").fires, 1U);
}

TEST_F(ScheduleApi, IsPausedResumedListedAndDeleted) {
  ASSERT_EQ(create(spec("b", R"("kind":"cron","expression":"@daily")")).status, 200);
  ASSERT_EQ(
      create(spec("a", R"("kind":"cron","expression":"0 0 1 1 *","zone":"Asia/Tokyo")")).status,
      200);
  EXPECT_EQ(change("a", "paused").status, 200);
  EXPECT_EQ(show("a").next_fire, kNever);
  EXPECT_EQ(change("a", "paused").status, 200) << "it is already";
  EXPECT_EQ(change("a", "active").status, 200);
  EXPECT_NE(show("a").next_fire, kNever);
  EXPECT_THAT(get("/api/v1/schedules?limit=1").body, HasSubstr(R"("name":"a")"));
  EXPECT_THAT(get("/api/v1/schedules?after=a").body, HasSubstr(R"("name":"b")"));
  EXPECT_EQ(change("a", "deleted").status, 200);
  EXPECT_EQ(get("/api/v1/schedules/a").status, 404);
  EXPECT_EQ(change("a", "active").status, 404);
}

TEST_F(ScheduleApi, RefusesWhatNeverFiresAndWhatItCannotRead) {
  const auto refused = [this](const std::string& rest) {
    const HttpReply reply = create(spec("x", rest));
    EXPECT_EQ(reply.status, 422) << reply.body;
    return reply.body;
  };
  EXPECT_THAT(refused(R"("kind":"cron","expression":"* * *")"), HasSubstr("five fields"));
  EXPECT_THAT(refused(R"("kind":"cron","expression":"0 0 30 2 *")"), HasSubstr("never fire"));
  EXPECT_THAT(refused(R"("kind":"cron","expression":"* * * * *","zone":"Mars/Olympus")"),
              HasSubstr("no time zone"));
  EXPECT_THAT(refused(R"("kind":"once","expression":"2001-01-01T00:00:00")"),
              HasSubstr("never fire"));
  EXPECT_THAT(refused(R"("kind":"interval","expression":"10ms")"), HasSubstr("at least 1s"));
  EXPECT_THAT(refused(R"("kind":"sometimes","expression":"1s")"), HasSubstr("kind"));
  ASSERT_EQ(create(spec("x", R"("kind":"cron","expression":"@daily")")).status, 200);
  const HttpReply taken = create(spec("x", R"("kind":"cron","expression":"@hourly")"));
  EXPECT_EQ(taken.status, 409);
  EXPECT_THAT(taken.body, HasSubstr("another schedule has this name"));
  EXPECT_EQ(change("x", "ended").status, 422);
  EXPECT_EQ(change("y", "paused").status, 404);
  EXPECT_EQ(get("/api/v1/schedules?limit=0").status, 400);
  EXPECT_EQ(call("POST", "/api/v1/schedules", known_.runner.token, "{}", "key").status, 403);
}

TEST_F(ScheduleApi, TheAuditLogRebuildsSchedules) {
  ASSERT_EQ(create(spec("probe", R"("kind":"interval","expression":"1s")")).status, 200);
  ASSERT_FALSE(acquire().empty());
  ASSERT_EQ(change("probe", "paused").status, 200);
  open_.reset();
  const auto copy = copy_database({.url = postgres_->connection_string(database_)});
  ASSERT_TRUE(copy) << copy.error().detail;
  const ReplayResult replayed = replay(copy->audit, quick_settings());
  EXPECT_THAT(replayed.problems, testing::IsEmpty());
  EXPECT_THAT(differences(replayed.rows, copy->rows), testing::IsEmpty());
}

}  // namespace
}  // namespace delta::test
