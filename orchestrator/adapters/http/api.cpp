#include "orchestrator/adapters/http/api.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <charconv>

#include "core/text.h"
#include "orchestrator/adapters/http/health_reply.h"
#include "orchestrator/adapters/http/reply.h"
#include "platform/artifacts/contents.h"
#include "platform/wire/json_writer.h"

namespace delta::http {

namespace {

constexpr std::uint32_t kMostListed = 500;
constexpr const char* kPlainText = "text/plain; charset=utf-8";

bool may(Role have, Role need) {
  return have == need || (have == Role::admin && need == Role::client);
}

/// A job by its name, or else by its index: names may be numbers.
std::optional<std::uint32_t> job_named(const RunSpec& spec, const std::string& word) {
  for (std::uint32_t i = 0; i < spec.jobs.size(); ++i) {
    if (spec.jobs[i].name == word) return i;
  }
  for (std::uint32_t i = 0; i < spec.jobs.size(); ++i) {
    if (std::to_string(i) == word) return i;
  }
  return std::nullopt;
}

/// What one client calls its first request must not be another client's first request.
void keep_apart(Request& request, const std::string& client, const std::string& key) {
  std::visit(
      [&](auto& body) {
        if constexpr (requires { body.operation; }) {
          body.operation = wire::operation_id_of(client + "\n" + key);
        }
      },
      request);
}

/// Answers of a batch, until the last has come.
struct Gathering {
  std::vector<Response> responses;
  std::atomic<std::size_t> missing;
  Answer answer;
};

/// Error: a sentence; empty when it was read, or is not there.
std::string read_limit(const wire::Parameters& query, std::uint32_t& into) {
  const std::string* limit = wire::find(query, "limit");
  if (limit == nullptr) return {};
  const bool digits = !limit->empty() && limit->size() <= 4 &&
                      std::ranges::all_of(*limit, [](char c) { return c >= '0' && c <= '9'; });
  into = digits ? static_cast<std::uint32_t>(std::stoul(*limit)) : 0;
  if (into >= 1 && into <= kMostListed) return {};
  return "limit is a number from 1 to " + std::to_string(kMostListed);
}

std::expected<ListRunsRequest, std::string> listing(const wire::Parameters& query) {
  ListRunsRequest request;
  if (const std::string* state = wire::find(query, "state")) {
    const auto* found = std::ranges::find(labels::run_states, *state);
    if (found == labels::run_states.end()) {
      return std::unexpected("there is no state " + quote(*state));
    }
    request.state = static_cast<RunState>(found - labels::run_states.begin());
  }
  if (const std::string* after = wire::find(query, "after")) {
    const auto run = parse_id<RunId>(*after);
    if (!run) return std::unexpected("after is not the id of a run");
    request.after = *run;
  }
  if (std::string wrong = read_limit(query, request.limit); !wrong.empty()) {
    return std::unexpected(std::move(wrong));
  }
  return request;
}

std::expected<ListSchedulesRequest, std::string> schedule_listing(const wire::Parameters& query) {
  ListSchedulesRequest request;
  if (const std::string* after = wire::find(query, "after")) request.after = *after;
  if (std::string wrong = read_limit(query, request.limit); !wrong.empty()) {
    return std::unexpected(std::move(wrong));
  }
  return request;
}

Reply reply_with(Content content) {
  return {.content_type = "application/octet-stream",
          .body = std::move(content.bytes),
          .file = std::move(content.file),
          .headers = {{"X-Content-Type-Options", "nosniff"}}};
}

}  // namespace

struct Api::Fetchers {
  explicit Fetchers(std::uint32_t threads) : pool(threads) {}
  boost::asio::thread_pool pool;
};

Api::Api(ApiParts parts)
    : parts_(std::move(parts)), fetchers_(std::make_unique<Fetchers>(parts_.artifact_threads)) {}

Api::~Api() { fetchers_->pool.join(); }

std::optional<Reply> Api::refuse(const Head& head) {
  const auto match = wire::match(head.method, head.target);
  if (!match) {
    Reply reply = failure(match.error().status, match.error().detail);
    if (!match.error().allow.empty()) reply.headers.emplace_back("Allow", match.error().allow);
    return reply;
  }
  const wire::Route& route = *match->route;
  if (route.role == Role::none) return std::nullopt;
  const auto principal = parts_.tokens.find(head.authorization);
  if (!principal) {
    Reply reply = failure(401, "send a header: Authorization: Bearer TOKEN");
    reply.headers.emplace_back("WWW-Authenticate", "Bearer");
    return reply;
  }
  if (!may(principal->role, route.role)) {
    return failure(403, "this needs a token with the role " + std::string(name_of(route.role)));
  }
  if (route.needs_key && !wire::is_operation_key(head.idempotency_key)) {
    return failure(400,
                   "send a header Idempotency-Key: 1 to 200 printable characters, the same ones "
                   "when you send this again");
  }
  return std::nullopt;
}

void Api::handle(Head head, std::string body, Answer answer) {
  const auto match = wire::match(head.method, head.target);
  const std::string_view kind = match->route->kind;
  if (match->route->method == "GET" && !body.empty()) {
    return answer(failure(400, "this takes no body"));
  }
  if (kind == "livez") return answer(live_reply(parts_.orchestrator.health()));
  if (kind == "readyz") return answer(ready_reply(parts_.orchestrator.health()));
  if (kind == "healthz") return answer(health_reply(parts_.orchestrator.health()));
  if (kind == "metrics") return metrics(std::move(answer));
  if (kind == "version") return answer(version_reply(parts_.version));
  if (kind == "batch") return batch(body, std::move(answer));
  if (kind == "get_log" || kind == "get_artifact") return fetch(*match, std::move(answer));
  ask(*match, head, body, std::move(answer));
}

void Api::ask(const wire::Match& match, const Head& head, const std::string& body, Answer answer) {
  const wire::Route& route = *match.route;
  const auto principal = parts_.tokens.find(head.authorization);
  if (!principal) return answer(failure(401, "the token was withdrawn"));
  wire::FromRoute from;
  if (route.needs_key) from.operation = wire::operation_id_of(head.idempotency_key);
  if (const std::string* run = wire::find(match.path, "run")) {
    from.run = parse_id<RunId>(*run);
    if (!from.run) return answer(failure(404, quote(*run) + " is not the id of a run"));
  }
  if (const std::string* name = wire::find(match.path, "schedule")) from.schedule = *name;
  if (route.role == Role::admin) from.who = principal->name;
  auto request = wire::decode_request(route.kind, body, from);
  if (!request) return answer(failure(422, request.error()));
  // Runners choose random keys, and are known by their id whichever token they have.
  if (route.needs_key && route.role != Role::runner) {
    keep_apart(*request, principal->name, head.idempotency_key);
  }
  if (route.kind == "list_runs") {
    auto list = listing(match.query);
    if (!list) return answer(failure(400, list.error()));
    *request = std::move(*list);
  }
  if (route.kind == "list_schedules") {
    auto list = schedule_listing(match.query);
    if (!list) return answer(failure(400, list.error()));
    *request = std::move(*list);
  }
  parts_.orchestrator.handle(std::move(*request), [answer = std::move(answer)](Response response) {
    answer(reply_of(response));
  });
}

void Api::batch(const std::string& body, Answer answer) {
  auto requests = wire::decode_batch(body);
  if (!requests) return answer(failure(422, requests.error()));
  if (requests->empty()) return answer({.body = "[]\n"});
  const auto gathering = std::make_shared<Gathering>();
  gathering->responses.resize(requests->size());
  gathering->missing = requests->size();
  gathering->answer = std::move(answer);
  for (std::size_t i = 0; i < requests->size(); ++i) {
    parts_.orchestrator.handle(std::move((*requests)[i]), [gathering, i](Response response) {
      gathering->responses[i] = std::move(response);
      if (--gathering->missing > 0) return;
      gathering->answer({.body = wire::encode_batch(gathering->responses) + "\n"});
    });
  }
}

struct Api::Wanted {
  RunId run;
  std::string job;
  std::string artifact;  ///< none: the log
  std::optional<AttemptId> attempt = {};
  std::uint64_t offset = 0;

  static std::expected<Wanted, Reply> of(const wire::Match& match) {
    const auto run = parse_id<RunId>(*wire::find(match.path, "run"));
    if (!run) return std::unexpected(failure(404, "there is no such run"));
    Wanted wanted{.run = *run, .job = *wire::find(match.path, "job"), .artifact = {}};
    if (const std::string* name = wire::find(match.path, "name")) wanted.artifact = *name;
    if (const std::string* attempt = wire::find(match.query, "attempt")) {
      wanted.attempt = parse_id<AttemptId>(*attempt);
      if (!wanted.attempt) return std::unexpected(failure(400, "attempt is not an attempt's id"));
    }
    if (const std::string* offset = wire::find(match.query, "offset")) {
      const char* end = offset->data() + offset->size();
      const auto parsed = std::from_chars(offset->data(), end, wanted.offset);
      if (parsed.ec != std::errc{} || parsed.ptr != end) {
        return std::unexpected(failure(400, "offset is a number of bytes"));
      }
    }
    return wanted;
  }
};

void Api::fetch(const wire::Match& match, Answer answer) {
  auto wanted = Wanted::of(match);
  if (!wanted) return answer(std::move(wanted.error()));
  const GetRunRequest question{wanted->run, wanted->attempt.value_or(AttemptId{})};
  const auto go_on = [this, wanted = std::move(*wanted),
                      answer = std::move(answer)](Response response) {
    const auto* view = std::get_if<RunView>(&response.body);
    if (view == nullptr || view->spec == nullptr) return answer(reply_of(response));
    const auto index = job_named(*view->spec, wanted.job);
    if (!index || *index >= view->jobs.size()) {
      return answer(failure(404, "the run has no job " + quote(wanted.job)));
    }
    const JobView& job = view->jobs[*index];
    if (wanted.attempt && *wanted.attempt != job.current) {
      return answer(failure(404, "the job has no such attempt"));
    }
    const Holder holder{{wanted.run, *index, job.current}, job.lease};
    boost::asio::post(fetchers_->pool, [this, holder, wanted, answer] {
      answer(wanted.artifact.empty() ? log_of(holder, wanted.offset)
                                     : stored(holder, wanted.artifact));
    });
  };
  parts_.orchestrator.handle(question, go_on);
}

Reply Api::stored(const Holder& holder, const std::string& name) {
  const std::string path = artifact_path(holder.ref, holder.lease, name);
  // What no runner can have stored is not there: no fault of the store.
  if (!split_path(path)) return failure(404, "no artifact has such a name");
  auto found = parts_.artifacts.get(path);
  if (!found) return failure(found.error().retryable ? 503 : 502, found.error().detail);
  if (!*found) return failure(404, "the job's newest attempt has left no " + quote(name));
  Reply reply = reply_with(std::move(**found));
  if (name == kLogName) reply.content_type = kPlainText;
  return reply;
}

Reply Api::log_of(const Holder& holder, std::uint64_t offset) {
  auto found = parts_.artifacts.get(artifact_path(holder.ref, holder.lease, kLogName));
  const bool is_partial = found && !*found;
  if (is_partial) found = parts_.artifacts.get(partial_log_path(holder.ref, holder.lease));
  if (!found) return failure(found.error().retryable ? 503 : 502, found.error().detail);
  if (!*found) return failure(404, "the attempt has left no log");
  Reply reply = reply_with(std::move(**found));
  reply.content_type = kPlainText;
  if (is_partial) reply.headers.emplace_back("X-Delta-Log", "partial");
  if (offset == 0) return reply;
  // What a runner stored is short enough to be in memory.
  if (!reply.file.empty()) return failure(422, "this log is given from its beginning only");
  // A late put may have shortened what was there: then nothing is new.
  reply.body.erase(0, std::min<std::uint64_t>(offset, reply.body.size()));
  return reply;
}

void Api::metrics(Answer answer) {
  parts_.orchestrator.handle(MetricsRequest{}, [answer = std::move(answer)](Response response) {
    answer({.content_type = "text/plain; version=0.0.4",
            .body = prometheus_text(std::get<MetricsReply>(response.body).snapshot)});
  });
}

}  // namespace delta::http
