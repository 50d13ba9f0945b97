// The HTTP routes: what the server answers, the client asks and the OpenAPI document lists.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api.h"

namespace delta::wire {

/// Whose token a route needs.
enum class Role : std::uint8_t { none, client, runner, admin };
std::string_view name_of(Role role);

struct Route {
  std::string_view kind;  ///< its name; of a Request, that of kind_of()
  std::string_view method;
  std::string_view path;  ///< "/api/v1/runs/{run}": what is in braces is a parameter
  Role role = Role::none;
  bool needs_key = false;  ///< the header Idempotency-Key
  std::string_view summary;
  std::array<std::string_view, 3> query = {};  ///< parameters that may be there; "" is none
};

/// Parameters: {run} is an id, {job} a job's index or name, {name} an artifact's, {schedule} a
/// schedule's name.
inline constexpr auto kRoutes = [] {
  using enum Role;
  constexpr bool key = true;
  constexpr bool no_key = false;
  constexpr std::string_view get = "GET";
  constexpr std::string_view post = "POST";
  return std::to_array<Route>({
      {"submit", post, "/api/v1/runs", client, key, "Submit a run"},
      {"list_runs",
       get,
       "/api/v1/runs",
       client,
       no_key,
       "List runs, the newest first",
       {"state", "limit", "after"}},
      {"get_run", get, "/api/v1/runs/{run}", client, no_key, "Show a run and its jobs"},
      {"cancel", post, "/api/v1/runs/{run}/cancel", client, key, "Cancel a run"},
      {"rerun", post, "/api/v1/runs/{run}/rerun", client, key, "Submit a run's jobs as a new run"},
      {"list_artifacts", get, "/api/v1/runs/{run}/artifacts", client, no_key,
       "List a run's artifacts"},
      {"get_log",
       get,
       "/api/v1/runs/{run}/jobs/{job}/log",
       client,
       no_key,
       "Fetch what a job has printed: its newest attempt, or another",
       {"offset", "attempt"}},
      {"get_artifact", get, "/api/v1/runs/{run}/jobs/{job}/artifacts/{name}", client, no_key,
       "Fetch an artifact of a job"},

      {"create_schedule", post, "/api/v1/schedules", client, key, "Create a schedule"},
      {"list_schedules",
       get,
       "/api/v1/schedules",
       client,
       no_key,
       "List schedules, by name",
       {"limit", "after"}},
      {"get_schedule", get, "/api/v1/schedules/{schedule}", client, no_key, "Show a schedule"},
      {"change_schedule", post, "/api/v1/schedules/{schedule}/state", client, key,
       "Pause a schedule, resume it (to: active) or delete it"},

      {"list_runners", get, "/api/v1/runners", client, no_key,
       "List the runners that this orchestrator hears of"},

      {"acquire", post, "/api/v1/runner/acquire", runner, key, "Ask for work; waits for it"},
      {"start", post, "/api/v1/runner/start", runner, no_key, "Acknowledge a lease"},
      {"heartbeat", post, "/api/v1/runner/heartbeat", runner, no_key, "Renew leases"},
      {"report", post, "/api/v1/runner/report", runner, no_key, "Report an attempt's next phase"},
      {"complete", post, "/api/v1/runner/complete", runner, no_key, "Hand in an attempt's result"},
      {"cancel_ack", post, "/api/v1/runner/cancel_ack", runner, no_key,
       "Acknowledge a cancellation: the work has stopped"},
      {"checkpoint", post, "/api/v1/runner/checkpoint", runner, no_key,
       "Hand in the checkpoint of a step that has ended"},
      {"batch", post, "/api/v1/runner/batch", runner, no_key,
       "Several of start, report, complete, cancel_ack and checkpoint; answered in their order"},

      {"pause_ingestion", post, "/api/v1/admin/pause_ingestion", admin, key,
       "Refuse submissions from now on"},
      {"resume_ingestion", post, "/api/v1/admin/resume_ingestion", admin, key,
       "Take submissions again"},
      {"set_lease_ttl", post, "/api/v1/admin/set_lease_ttl", admin, key,
       "Give leases another time to live for a while"},
      {"limit_concurrency", post, "/api/v1/admin/limit_concurrency", admin, key,
       "Limit how many leases there are at once; 0 is no limit"},
      {"limit_submissions", post, "/api/v1/admin/limit_submissions", admin, key,
       "Limit submissions a minute and orchestrator; 0 is no limit"},
      {"reenqueue", post, "/api/v1/admin/reenqueue", admin, key,
       "Send queued attempts to the queue again"},
      {"revoke_leases", post, "/api/v1/admin/revoke_leases", admin, key,
       "Take leases away: one, a runner's, or all"},
      {"begin_generation", post, "/api/v1/admin/begin_generation", admin, key,
       "Make all leases from before worthless, after a restore or a lossy promotion"},

      {"livez", get, "/livez", none, no_key, "Whether the process works; never asks the database"},
      {"readyz", get, "/readyz", none, no_key, "Whether requests should be sent here"},
      {"healthz", get, "/healthz", none, no_key,
       "Health in detail: each dependency with its breaker and latency, loops, runners"},
      {"metrics", get, "/metrics", none, no_key, "Metrics in Prometheus' text format"},
      {"version", get, "/version", none, no_key, "Which build this is"},
  });
}();

/// The route of this kind; null when there is none.
const Route* find_route(std::string_view kind);
const Route& route_of(const Request& request);

/// Names and values, decoded.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// The value of a parameter; null when it is not there.
const std::string* find(const Parameters& parameters, std::string_view name);

struct Match {
  const Route* route = nullptr;
  Parameters path;   ///< every one that the pattern has; none is empty
  Parameters query;  ///< each at most once
};
struct NoMatch {
  int status = 404;    ///< or 400, 405
  std::string detail;  ///< one sentence
  std::string allow;   ///< 405: the header Allow
};

/// `target`: path and query as they stand in the request line. Methods are upper-case.
/// Parameters are UTF-8 without control characters; they may hold slashes ("%2F") and "..", and
/// must not become part of a file's path unless they are known to be names.
std::expected<Match, NoMatch> match(std::string_view method, std::string_view target);

/// The target that match() takes apart. Broken CHECK: a parameter of the path is not given.
std::string target_of(const Route& route, const Parameters& path, const Parameters& query = {});
std::string target_of(const Request& request);

/// 200 or 201 (a submission) for ok; 404, 409, 422, 503 or 504 for the rest.
int http_status(const Response& response);

}  // namespace delta::wire
