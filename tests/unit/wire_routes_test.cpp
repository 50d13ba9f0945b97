// The table of routes, and how a request's method and target are matched with it.
#include "platform/wire/routes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "core/text.h"
#include "platform/wire/codec.h"
#include "tests/unit/wire_sample.h"

namespace delta::wire {
namespace {

const std::string kRun = "00000000000000010000000000000002";

/// "get_run run=... ? limit=5", or the error.
std::string matched(std::string_view method, std::string_view target) {
  const auto found = match(method, target);
  if (!found) {
    const std::string allow = found.error().allow.empty() ? "" : " [" + found.error().allow + "]";
    return std::to_string(found.error().status) + allow + " " + found.error().detail;
  }
  std::string text(found->route->kind);
  for (const auto& [name, value] : found->path) text += " " + name + "=" + value;
  if (!found->query.empty()) text += " ?";
  for (const auto& [name, value] : found->query) text += " " + name + "=" + value;
  return text;
}

TEST(WireRoutes, AreWellFormed) {
  std::set<std::string_view> kinds;
  std::set<std::string> places;
  for (const Route& route : kRoutes) {
    EXPECT_TRUE(kinds.insert(route.kind).second) << route.kind;
    EXPECT_TRUE(places.insert(std::string(route.method) + " " + std::string(route.path)).second);
    EXPECT_TRUE(route.path.starts_with('/') && !route.path.ends_with('/')) << route.path;
    EXPECT_TRUE(route.method == "GET" || route.method == "POST") << route.kind;
    EXPECT_FALSE(route.summary.empty()) << route.kind;
    EXPECT_FALSE(route.needs_key && route.method == "GET") << route.kind;
    EXPECT_EQ(route.path.starts_with("/api/v1/"), route.role != Role::none) << route.kind;
    EXPECT_EQ(route.path.starts_with("/api/v1/admin/"), route.role == Role::admin) << route.kind;
    EXPECT_EQ(route.path.starts_with("/api/v1/runner/"), route.role == Role::runner) << route.kind;
  }
}

RC_GTEST_PROP(WireRoutes, KnowEveryRequest, ()) {
  const Request request = test::request(test::below(std::variant_size_v<Request>));
  const Route& route = route_of(request);
  RC_ASSERT(route.kind == kind_of(request));
  const bool has_operation = std::visit(
      [](const auto& alternative) { return requires { alternative.operation; }; }, request);
  RC_ASSERT(route.needs_key == has_operation);
  const auto found = match(route.method, target_of(request));
  RC_ASSERT(found.has_value());
  RC_ASSERT(found->route == &route);
}

RC_GTEST_PROP(WireRoutes, TakeApartWhatTheyPutTogether, ()) {
  const auto text = [] {
    std::string made = "x" + test::text();
    std::erase_if(made, is_control);
    return made;
  };
  const Parameters path{{"run", text()}, {"job", text()}, {"name", text()}};
  const auto found = match("GET", target_of(*find_route("get_artifact"), path));
  RC_ASSERT(found.has_value());
  RC_ASSERT(found->path == path);
  const Parameters query{{"limit", text()}, {"after", text()}};
  const auto listed = match("GET", target_of(*find_route("list_runs"), {}, query));
  RC_ASSERT(listed.has_value());
  RC_ASSERT(listed->query == query);
}

RC_GTEST_PROP(WireRoutes, SurviveAnyTarget, ()) {
  const auto target = *rc::gen::arbitrary<std::string>();
  for (const std::string& any : {target, "/" + target, "/api/v1/runs?" + target}) {
    const auto found = match("GET", any);
    if (!found) RC_ASSERT(is_utf8(found.error().detail));
  }
}

TEST(WireRoutes, MatchMethodAndPath) {
  EXPECT_EQ(matched("POST", "/api/v1/runs"), "submit");
  EXPECT_EQ(matched("GET", "/api/v1/runs"), "list_runs");
  EXPECT_EQ(matched("GET", "/api/v1/runs/" + kRun), "get_run run=" + kRun);
  EXPECT_EQ(matched("POST", "/api/v1/runs/" + kRun + "/cancel"), "cancel run=" + kRun);
  EXPECT_EQ(matched("POST", "/api/v1/runs/x/rerun"), "rerun run=x");
  EXPECT_EQ(matched("GET", "/api/v1/runs/x/artifacts"), "list_artifacts run=x");
  EXPECT_EQ(matched("GET", "/api/v1/runs/x/jobs/0/log"), "get_log run=x job=0");
  EXPECT_EQ(matched("GET", "/api/v1/runs/x/jobs/unit%20tests/artifacts/out%2Flog+1.txt"),
            "get_artifact run=x job=unit tests name=out/log+1.txt");
  EXPECT_EQ(matched("POST", "/api/v1/runner/batch"), "batch");
  EXPECT_EQ(matched("POST", "/api/v1/admin/revoke_leases"), "revoke_leases");
  EXPECT_EQ(matched("GET", "/livez"), "livez");
  EXPECT_EQ(matched("GET", "/%6Civez?"), "livez");
}

TEST(WireRoutes, MatchTheQuery) {
  EXPECT_EQ(matched("GET", "/api/v1/runs?limit=5&state=timed%5Fout"),
            "list_runs ? limit=5 state=timed_out");
  EXPECT_EQ(matched("GET", "/api/v1/runs?after=a+b%2B&limit"), "list_runs ? after=a b+ limit=");
  EXPECT_EQ(matched("GET", "/api/v1/runs?stat=queued"),
            "400 unknown query parameter 'stat'; did you mean 'state'?");
  EXPECT_EQ(matched("GET", "/api/v1/runs?limit=1&limit=2"),
            "400 the query parameter 'limit' is there twice");
  EXPECT_EQ(matched("GET", "/api/v1/runs?limit=1&"), "400 unknown query parameter ''");
  EXPECT_EQ(matched("GET", "/api/v1/runs?=1"), "400 unknown query parameter ''");
  EXPECT_EQ(matched("GET", "/livez?x=1"), "400 unknown query parameter 'x'");
  EXPECT_EQ(matched("GET", "/api/v1/runs?limit=%"), "400 the query is not percent-encoded UTF-8");
}

TEST(WireRoutes, RefuseOtherPaths) {
  const std::string nothing = "404 there is nothing at this path";
  for (const char* target :
       {"", "/", "//", "*", "livez", "/livez/", "//livez", "/LIVEZ", "/api/v1", "/api/v1/runs/",
        "/api/v1/runs//cancel", "/api/v1/runs/x/jobs/0", "/api/v2/runs", "/api/v1/{run}",
        "/api%2Fv1%2Fruns", "http://host/livez", "/api/v1/runner/../runs"}) {
    EXPECT_EQ(matched("GET", target), nothing) << target;
  }
  for (const char* target : {"/%", "/%4", "/%zz", "/livez%00", "/a%0Ab", "/%ff", "/%c0%af"}) {
    EXPECT_EQ(matched("GET", target), "400 the path is not percent-encoded UTF-8") << target;
  }
}

TEST(WireRoutes, TellWhichMethodsThereAre) {
  EXPECT_EQ(matched("DELETE", "/api/v1/runs"), "405 [POST, GET] this path takes POST, GET only");
  EXPECT_EQ(matched("GET", "/api/v1/runner/start"), "405 [POST] this path takes POST only");
  EXPECT_EQ(matched("get", "/livez"), "405 [GET] this path takes GET only");
}

TEST(WireRoutes, PutTargetsTogether) {
  EXPECT_EQ(target_of(CancelRequest{{}, {1, 2}}), "/api/v1/runs/" + kRun + "/cancel");
  EXPECT_EQ(target_of(GetRunRequest{{1, 2}}), "/api/v1/runs/" + kRun);
  EXPECT_EQ(target_of(RerunRequest{{}, {1, 2}}), "/api/v1/runs/" + kRun + "/rerun");
  EXPECT_EQ(target_of(ListArtifactsRequest{{1, 2}}), "/api/v1/runs/" + kRun + "/artifacts");
  EXPECT_EQ(target_of(ListRunsRequest{}), "/api/v1/runs?limit=50");
  EXPECT_EQ(target_of(ListRunsRequest{RunState::timed_out, {1, 2}, 7}),
            "/api/v1/runs?limit=7&state=timed_out&after=" + kRun);
  EXPECT_EQ(target_of(AdminRequest{{}, "ann", BeginGeneration{}}),
            "/api/v1/admin/begin_generation");
  EXPECT_EQ(target_of(*find_route("get_log"), {{"run", "r"}, {"job", "a/b \xc3\xa9?"}}),
            "/api/v1/runs/r/jobs/a%2Fb%20%C3%A9%3F/log");
  EXPECT_EQ(target_of(*find_route("list_runs"), {}, {{"state", "queued"}, {"after", "a&b"}}),
            "/api/v1/runs?state=queued&after=a%26b");
  EXPECT_EQ(find_route("nothing"), nullptr);
}

TEST(WireRoutes, HaveAStatusForEveryResponse) {
  const auto status = [](Status of, std::optional<Reason> reason = {}, ReplyBody body = {}) {
    return http_status({of, reason, {}, std::move(body)});
  };
  EXPECT_EQ(status(Status::ok), 200);
  EXPECT_EQ(status(Status::ok, {}, CancelReply{}), 200);
  EXPECT_EQ(status(Status::ok, {}, SubmitReply{}), 201);
  EXPECT_EQ(status(Status::refused, Reason::stale), 409);
  EXPECT_EQ(status(Status::refused), 409);
  EXPECT_EQ(status(Status::refused, Reason::not_found), 404);
  EXPECT_EQ(status(Status::invalid), 422);
  EXPECT_EQ(status(Status::key_reused), 422);
  EXPECT_EQ(status(Status::unavailable), 503);
  EXPECT_EQ(status(Status::unknown), 504);
}

}  // namespace
}  // namespace delta::wire
