#include "harness/trace/call_text.h"

#include <algorithm>
#include <array>

#include "core/columns.h"
#include "core/counted.h"

namespace aftershock {

using namespace delta;

namespace {

// In the order of Request's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<Request>> kRequestNames{
    "submit",          "cancel",          "get_run",      "acquire",        "start",
    "heartbeat",       "report",          "complete",     "cancel_ack",     "admin",
    "metrics",         "rerun",           "list_runs",    "list_artifacts", "checkpoint",
    "create_schedule", "change_schedule", "get_schedule", "list_schedules", "list_runners"};

// In the order of AdminAction's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<AdminAction>> kActionNames{
    "pause_ingestion",   "resume_ingestion", "set_lease_ttl", "limit_concurrency",
    "limit_submissions", "reenqueue",        "revoke_leases", "begin_generation"};

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::refused: return "refused";
    case Status::invalid: return "invalid";
    case Status::key_reused: return "key_reused";
    case Status::unavailable: return "unavailable";
    case Status::unknown: return "unknown";
  }
  return "?";
}

struct SubjectsOfRequest {
  using Refs = std::vector<AttemptRef>;

  Refs operator()(const CancelRequest& it) const { return {{it.run, 0, {}}}; }
  Refs operator()(const RerunRequest& it) const { return {{it.run, 0, {}}}; }
  Refs operator()(const GetRunRequest& it) const { return {{it.run, 0, {}}}; }
  Refs operator()(const ListArtifactsRequest& it) const { return {{it.run, 0, {}}}; }
  Refs operator()(const StartRequest& it) const { return {it.lease.ref}; }
  Refs operator()(const ReportRequest& it) const { return {it.lease.ref}; }
  Refs operator()(const CompleteRequest& it) const { return {it.lease.ref}; }
  Refs operator()(const CancelAckRequest& it) const { return {it.lease.ref}; }
  Refs operator()(const CheckpointRequest& it) const { return {it.lease.ref}; }
  Refs operator()(const HeartbeatRequest& it) const {
    Refs refs;
    for (const Lease& lease : it.leases) refs.push_back(lease.ref);
    return refs;
  }
  template <class Other>
  Refs operator()(const Other&) const {
    return {};
  }
};

struct DetailsOfRequest {
  std::string operator()(const SubmitRequest& it) const {
    return " " + it.spec->name + ", " + counted(it.spec->jobs.size(), "job");
  }
  std::string operator()(const AcquireRequest& it) const {
    return " up to " + std::to_string(it.slots) + ", waits " + format_duration(it.wait);
  }
  std::string operator()(const HeartbeatRequest& it) const {
    return " of " + counted(it.leases.size(), "lease");
  }
  std::string operator()(const ReportRequest& it) const {
    return " " + std::string(delta::name_of(it.phase));
  }
  std::string operator()(const CompleteRequest& it) const {
    return std::string(it.succeeded ? " as succeeded" : " as failed") +
           (it.artifacts.empty() ? "" : ", " + counted(it.artifacts.size(), "artifact"));
  }
  std::string operator()(const CheckpointRequest& it) const {
    return " after step " + std::to_string(it.checkpoint.steps);
  }
  std::string operator()(const CreateScheduleRequest& it) const { return " " + it.spec->name; }
  std::string operator()(const ChangeScheduleRequest& it) const {
    return " " + it.name + " to " + std::string(delta::name_of(it.to));
  }
  std::string operator()(const AdminRequest& it) const {
    return " " + std::string(kActionNames.at(it.action.index()));
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

struct DetailsOfReply {
  std::string operator()(const SubmitReply& it) const { return "run " + short_name(it.run); }
  std::string operator()(const CancelReply& it) const {
    return "the run is " + std::string(delta::name_of(it.state));
  }
  std::string operator()(const AcquireReply& it) const {
    return it.grants.empty() ? "no work" : counted(it.grants.size(), "lease");
  }
  std::string operator()(const LeaseReply& it) const { return "lease for " + rounded_down(it.ttl); }
  std::string operator()(const HeartbeatReply& it) const {
    const auto count = [&it](auto wanted) {
      return static_cast<std::size_t>(std::ranges::count_if(it.leases, wanted));
    };
    const std::size_t refused = count([](const LeaseStatus& s) { return s.refused.has_value(); });
    const std::size_t cancelled = count([](const LeaseStatus& s) { return s.cancel; });
    std::string text = counted(it.leases.size() - refused, "lease") + " renewed";
    if (refused > 0) text += ", " + std::to_string(refused) + " refused";
    if (cancelled > 0) text += ", " + std::to_string(cancelled) + " to cancel";
    return text;
  }
  std::string operator()(const RunView& it) const {
    return "the run is " + std::string(delta::name_of(it.state));
  }
  std::string operator()(const AdminReply& it) const { return counted(it.rows, "row"); }
  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

}  // namespace

std::string_view name_of(const Request& request) { return kRequestNames.at(request.index()); }

std::vector<AttemptRef> subjects_of(const Request& request) {
  return std::visit(SubjectsOfRequest{}, request);
}

std::vector<AttemptRef> subjects_of(const Request& request, const CallResult& result) {
  std::vector<AttemptRef> refs = subjects_of(request);
  if (!result) return refs;
  if (const auto* made = std::get_if<SubmitReply>(&result->body))
    refs.push_back({made->run, 0, {}});
  if (const auto* granted = std::get_if<AcquireReply>(&result->body)) {
    for (const Grant& grant : granted->grants) refs.push_back(grant.ref);
  }
  return refs;
}

std::string describe(const Request& request) {
  return std::string(name_of(request)) + std::visit(DetailsOfRequest{}, request);
}

std::string_view outcome_of(const CallResult& result) {
  if (result) return name_of(result->status);
  return result.error().kind == CallFailure::not_sent ? "not_sent" : "no_reply";
}

std::string describe(const CallResult& result) {
  std::string details;
  if (!result) {
    details = result.error().detail;
  } else if (result->reason) {
    details = delta::name_of(*result->reason);
  } else if (result->status == Status::ok) {
    details = std::visit(DetailsOfReply{}, result->body);
    return details.empty() ? "ok" : details;
  } else {
    details = result->detail;
  }
  const std::string outcome(outcome_of(result));
  return details.empty() ? outcome : outcome + ": " + one_line(details);
}

}  // namespace aftershock
