// The OpenAPI document: the routes of kRoutes, the schemas of the codec, and examples by it.
#include <regex>

#include "core/check.h"
#include "platform/wire/routes.h"
#include "tests/golden/openapi_schema.h"

namespace delta::wire {

namespace {

constexpr OperationId kOperation{0x0123456789abcdef, 1};
constexpr RunId kRun{0x00000000000000a1, 2};
constexpr AttemptId kAttempt{0x00000000000000b2, 3};
constexpr RunnerId kRunner{0x00000000000000c3, 4};
constexpr AttemptRef kRef{kRun, 0, kAttempt};
constexpr DbTime kSubmitted{Duration(1'750'000'000'000'000'000)};

Lease example_lease() { return {kRef, 1, Token{0xd4, 5}}; }

SharedSpec example_spec() {
  const auto spec = decode_spec(
      R"({"name":"nightly","timeout":"1h","jobs":[{"name":"build","command":"make"},)"
      R"({"name":"test","command":"make test","needs":["build"],"retry":{"max_attempts":3}}]})");
  CHECK(spec.has_value());
  return *spec;
}

SharedSchedule example_schedule() {
  const ScheduleSpec spec{"nightly",
                          {ScheduleKind::cron, "30 2 * * mon-fri", "Europe/Berlin"},
                          CatchUp::latest,
                          10,
                          example_spec()};
  return std::make_shared<const ScheduleSpec>(spec);
}
ScheduleView example_view() {
  return {ScheduleState::active, example_schedule(), kSubmitted, kSubmitted + 1h, 7, 1};
}

std::vector<Request> example_requests() {
  const auto admin = [](AdminAction action) {
    return AdminRequest{kOperation, "ann", std::move(action)};
  };
  const Lease lease = example_lease();
  return {SubmitRequest{kOperation, example_spec()},
          CancelRequest{kOperation, kRun},
          RerunRequest{kOperation, kRun},
          AcquireRequest{kOperation, kRunner, lease.token, 4, 30s, {4, 0, 0, 0, 128, "build-1"}},
          StartRequest{lease},
          HeartbeatRequest{kRunner, {lease}, {4, 1, 0, 0, 128, "build-1"}},
          ReportRequest{lease, AttemptState::running},
          CompleteRequest{lease, true, {}, {{"out/app.tar", ArtifactState::stored, 0xe5}}},
          CancelAckRequest{lease},
          CheckpointRequest{lease, {2, R"({"offset":4096})"}},
          CreateScheduleRequest{kOperation, example_schedule()},
          ChangeScheduleRequest{kOperation, "nightly", ScheduleState::paused},
          admin(PauseIngestion{}),
          admin(ResumeIngestion{}),
          admin(SetLeaseTtl{5min, 1h}),
          admin(LimitConcurrency{100}),
          admin(LimitSubmissions{600}),
          admin(ReenqueueWork{}),
          admin(RevokeLeases{{}, kRunner}),
          admin(BeginGeneration{})};
}

/// The kind of the answer's body; empty: it has none.
std::string_view reply_kind(const Route& route) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kinds{
      {{"submit", "submit"},
       {"list_runners", "runners"},
       {"rerun", "submit"},
       {"cancel", "cancel"},
       {"list_runs", "runs"},
       {"get_run", "run"},
       {"list_artifacts", "artifacts"},
       {"create_schedule", "schedule"},
       {"change_schedule", "schedule"},
       {"get_schedule", "schedule"},
       {"list_schedules", "schedules"},
       {"acquire", "acquire"},
       {"start", "lease"},
       {"report", "lease"},
       {"heartbeat", "heartbeat"},
       {"complete", ""},
       {"cancel_ack", ""},
       {"checkpoint", ""}}};
  for (const auto& [kind, reply] : kinds) {
    if (kind == route.kind) return reply;
  }
  return route.role == Role::admin ? "admin" : "";
}

ReplyBody example_reply(std::string_view kind) {
  if (kind == "submit") return SubmitReply{kRun, {1, {}}};
  if (kind == "cancel") return CancelReply{RunState::cancel_requested};
  if (kind == "runs") return ListRunsReply{{{kRun, RunState::running, "nightly", kSubmitted}}};
  if (kind == "run") {
    const JobView build{JobState::open, AttemptState::running, kAttempt, 1};
    return RunView{kRun, RunState::running, kSubmitted, kNever, example_spec(), {build, JobView{}}};
  }
  if (kind == "artifacts") {
    return ListArtifactsReply{{{kRef, {{"out/app.tar", ArtifactState::stored, 0xe5}}}}};
  }
  if (kind == "schedule") return example_view();
  if (kind == "schedules") return ListSchedulesReply{{example_view()}};
  if (kind == "runners") {
    return ListRunnersReply{{{kRunner, "build-1", 3s, false, 4, 4, 128}}};
  }
  if (kind == "acquire") return AcquireReply{{{kRef, 1, example_spec()}}};
  if (kind == "lease") return LeaseReply{2min};
  if (kind == "heartbeat") return HeartbeatReply{{{kAttempt, std::nullopt, false, 2min}}};
  if (kind == "admin") return AdminReply{1, false, 1, {}};
  return {};
}

Document json_content(Document schema, const std::string& example) {
  return {
      {"application/json", {{"schema", std::move(schema)}, {"example", Document::parse(example)}}}};
}

/// What the path, the key and the token say, a body need not repeat.
Document without_routed(Document body) {
  if (body.is_object()) {
    for (const char* key : {"operation", "run", "who", "schedule"}) body.erase(key);
  }
  return body;
}

class OpenApi {
 public:
  Document take() {
    Document paths;
    for (const Route& route : kRoutes) {
      const std::string method = route.method == "GET" ? "get" : "post";
      paths[std::string(route.path)][method] = operation(route);
    }
    const Response refusal{Status::invalid, {}, "what is wrong, in a sentence", {}};
    schemas_["Response"] = drawer_.draw(Response{});
    Document error{{"description", "Refused; `status`, `reason` and `detail` say why."},
                   {"content", json_content(ref("Response"), encode(refusal))}};
    Document bearer{{"type", "http"},
                    {"scheme", "bearer"},
                    {"description", "A token with the operation's x-role; admin includes client."}};
    return {{"openapi", "3.1.0"},
            {"info",
             {{"title", "Delta CI"},
              {"version", "1"},
              {"description", "Drawn from the routes and the codec: do not edit."}}},
            {"paths", std::move(paths)},
            {"components",
             {{"securitySchemes", {{"bearer", std::move(bearer)}}},
              {"responses", {{"Refused", std::move(error)}}},
              {"schemas", schemas_}}}};
  }

 private:
  static Document ref(const std::string& name) {
    return {{"$ref", "#/components/schemas/" + name}};
  }

  Document operation(const Route& route) {
    Document result{{"operationId", route.kind},
                    {"summary", route.summary},
                    {"x-role", name_of(route.role)},
                    {"security", Document::array()}};
    if (route.role != Role::none) result["security"] = {{{"bearer", Document::array()}}};
    if (Document given = parameters(route); !given.empty()) result["parameters"] = given;
    if (route.method == "POST") {
      result["requestBody"] = {
          {"required", !may_be_empty(route)},
          {"content",
           json_content(body_of(route),
                        without_routed(Document::parse(example_request(route.kind))).dump())}};
    }
    result["responses"] = responses(route);
    return result;
  }

  static bool may_be_empty(const Route& route) {
    return decode_request(route.kind, "", example_route()).has_value();
  }

  static Document parameters(const Route& route) {
    Document list = Document::array();
    const auto add = [&list](std::string_view name, const char* where, bool required,
                             Document schema) {
      list.push_back(
          {{"name", name}, {"in", where}, {"required", required}, {"schema", std::move(schema)}});
    };
    const std::string path(route.path);
    static const std::regex braces("\\{([a-z]+)\\}");
    for (auto it = std::sregex_iterator(path.begin(), path.end(), braces);
         it != std::sregex_iterator(); ++it) {
      add((*it)[1].str(), "path", true, {{"type", "string"}});
    }
    for (const std::string_view name : route.query) {
      if (!name.empty()) add(name, "query", false, query_schema(route, name));
    }
    if (route.needs_key) {
      add("Idempotency-Key", "header", true,
          {{"type", "string"}, {"minLength", 1}, {"maxLength", 200}});
    }
    return list;
  }
  static Document query_schema(const Route& route, std::string_view name) {
    if (name == "after" && route.kind == "list_schedules") return {{"type", "string"}};
    if (name == "limit") return {{"type", "integer"}, {"minimum", 1}, {"maximum", 500}};
    if (name == "state") return one_of_names(labels::run_states);
    if (name == "offset") return {{"type", "integer"}, {"minimum", 0}};
    return text_like("^[0-9a-f]{32}$");
  }

  Document body_of(const Route& route) {
    if (route.kind == "batch") return list_of(batched());
    for (const Request& request : example_requests()) {
      if (kind_of(request) == route.kind) return drawer_.draw(request);
    }
    CHECK(false);
  }
  /// A request of a batch says its kind.
  Document batched() {
    Document one;
    for (const Request& request : example_requests()) {
      const std::string_view kind = kind_of(request);
      if (kind != "start" && kind != "report" && kind != "complete" && kind != "cancel_ack")
        continue;
      Document schema = drawer_.draw(request);
      schema["required"].push_back("kind");
      schema["properties"]["kind"] = {{"const", kind}};
      one["oneOf"].push_back(std::move(schema));
    }
    return one;
  }

  Document responses(const Route& route) {
    const bool makes = reply_kind(route) == "submit";
    Document result{{makes ? "201" : "200", {{"description", "Done."}}}};
    Document& done = result[makes ? "201" : "200"];
    if (route.kind == "get_log") {
      done["description"] =
          "Done: from the byte at `offset` on; nothing if the log ends before. While the attempt "
          "has "
          "left no log, or where it leaves none, what it is known to have printed.";
      done["headers"]["X-Delta-Log"] = {{"description", "The log may lack its end."},
                                        {"schema", {{"const", "partial"}}}};
    }
    done["content"] = content_of(route);
    if (route.role == Role::none) {
      if (route.path.ends_with("z")) {
        result["503"] = {{"description", "It is not."}, {"content", content_of(route)}};
      }
      return result;
    }
    for (const char* status : {"400", "401", "403", "404", "409", "413", "422", "503", "504"}) {
      result[status] = {{"$ref", "#/components/responses/Refused"}};
    }
    return result;
  }

  Document content_of(const Route& route) {
    const Document text{{"schema", {{"type", "string"}}}};
    if (route.kind == "metrics" || route.kind == "get_log") return {{"text/plain", text}};
    if (route.kind == "get_artifact") return {{"application/octet-stream", Document::object()}};
    const std::string_view kind = reply_kind(route);
    if (route.role == Role::none) return {{"application/json", {{"schema", {{"type", "object"}}}}}};
    const Response example{Status::ok, {}, {}, example_reply(kind)};
    if (route.kind == "batch") {
      return json_content(list_of(ref("Response")), encode_batch(std::vector{example, example}));
    }
    Document schema = drawer_.draw(Response{});
    schema["properties"].erase("body");
    const auto* found = std::ranges::find(kReplyKinds, kind);
    if (found != kReplyKinds.end()) {
      schema["properties"]["body"] =
          drawer_.of_reply(static_cast<std::size_t>(found - kReplyKinds.begin()));
    }
    return json_content(std::move(schema), encode(example));
  }

  Document schemas_ = Document::object();
  SchemaDrawer drawer_{schemas_};
};

}  // namespace

Document SchemaDrawer::of_jobs() const {
  const JobSpec empty;
  SchemaDrawer drawer(components_);
  describe_job(drawer, empty, RunSpec{});
  Document job = std::move(drawer).take();
  job["required"] = {"name"};
  job["anyOf"] = {{{"required", {"command"}}}, {{"required", {"steps"}}}};
  Document schema = list_of(std::move(job));
  schema["minItems"] = 1;
  schema["maxItems"] = kMostJobs;
  return schema;
}

FromRoute example_route() { return {kOperation, kRun, "ann", "nightly"}; }

std::string example_request(std::string_view kind) {
  if (kind == "batch") {
    const Lease lease = example_lease();
    return encode_batch(
        std::vector<Request>{StartRequest{lease}, ReportRequest{lease, AttemptState::uploading}});
  }
  for (const Request& request : example_requests()) {
    if (kind_of(request) == kind) return encode(request);
  }
  return "";
}

Document openapi_document() { return OpenApi().take(); }

}  // namespace delta::wire
