// What clients, runners and operators ask for.
#pragma once

#include "core/api.h"
#include "platform/wire/message_description.h"

namespace delta::wire {

template <class Archive>
void describe(Archive& archive, Is<Lease> auto& lease) {
  describe(archive, lease.ref);
  archive.field("epoch", lease.epoch);
  archive.field("token", lease.token);
}

template <class Archive>
void describe(Archive& archive, Is<RunnerStatistics> auto& statistics) {
  archive.field("slots", statistics.slots);
  archive.field("busy_slots", statistics.busy_slots);
  archive.field_or("upload_failures", statistics.upload_failures, 0);
  archive.field_or("secret_failures", statistics.secret_failures, 0);
  archive.field_or("finished", statistics.finished, 0);
  archive.field_or("name", statistics.name, {});
}

template <class Archive>
void describe(Archive& archive, Is<SubmitRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.field("spec", request.spec);
}
template <class Archive>
void describe(Archive& archive, Is<CancelRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.routed("run", request.run);
}
template <class Archive>
void describe(Archive& archive, Is<GetRunRequest> auto& request) {
  archive.routed("run", request.run);
}
template <class Archive>
void describe(Archive& archive, Is<RerunRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.routed("run", request.run);
}
template <class Archive>
void describe(Archive& archive, Is<ListRunsRequest> auto& request) {
  archive.optional("state", request.state);
  archive.field_or("after", request.after, {});
  archive.field_or("limit", request.limit, ListRunsRequest{}.limit);
}
template <class Archive>
void describe(Archive& archive, Is<ListArtifactsRequest> auto& request) {
  archive.routed("run", request.run);
}
template <class Archive>
void describe(Archive& archive, Is<AcquireRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.field("runner", request.runner);
  archive.field("token", request.token);
  archive.field_or("slots", request.slots, 1);
  archive.field_or("wait", request.wait, 0s);
  archive.field_or("statistics", request.statistics, {});
}
template <class Archive>
void describe(Archive& archive, Is<StartRequest> auto& request) {
  archive.field("lease", request.lease);
}
template <class Archive>
void describe(Archive& archive, Is<HeartbeatRequest> auto& request) {
  archive.field("runner", request.runner);
  archive.field("leases", request.leases);
  archive.field_or("statistics", request.statistics, {});
}
template <class Archive>
void describe(Archive& archive, Is<ReportRequest> auto& request) {
  describe_report(archive, request);
}
template <class Archive>
void describe(Archive& archive, Is<CompleteRequest> auto& request) {
  describe_completion(archive, request);
}
template <class Archive>
void describe(Archive& archive, Is<CancelAckRequest> auto& request) {
  archive.field("lease", request.lease);
}
template <class Archive>
void describe(Archive& archive, Is<CheckpointRequest> auto& request) {
  describe_checkpoint(archive, request);
}
template <class Archive>
void describe(Archive&, Is<MetricsRequest> auto&) {}
template <class Archive>
void describe(Archive&, Is<ListRunnersRequest> auto&) {}

template <class Archive>
void describe(Archive&, Is<PauseIngestion> auto&) {}
template <class Archive>
void describe(Archive&, Is<ResumeIngestion> auto&) {}
template <class Archive>
void describe(Archive& archive, Is<SetLeaseTtl> auto& action) {
  archive.field("ttl", action.ttl);
  archive.field("for_how_long", action.for_how_long);
}
template <class Archive>
void describe(Archive& archive, Is<LimitConcurrency> auto& action) {
  archive.field("most", action.most);
}
template <class Archive>
void describe(Archive& archive, Is<LimitSubmissions> auto& action) {
  archive.field("per_minute", action.per_minute);
}
/// What a forgotten key must not mean has to be said: "all".
template <class Archive>
void describe_all(Archive& archive, bool all, bool others) {
  archive.field_or("all", all, false);
  archive.require(all != others, "all", "must be true when nothing else is named, and only then");
}
template <class Archive>
void describe(Archive& archive, Is<ReenqueueWork> auto& action) {
  archive.field_or("attempt", action.attempt, {});
  describe_all(archive, action.attempt.is_nil(), !action.attempt.is_nil());
}
template <class Archive>
void describe(Archive& archive, Is<RevokeLeases> auto& action) {
  archive.field_or("attempt", action.attempt, {});
  archive.field_or("runner", action.runner, {});
  const bool one = !action.attempt.attempt.is_nil();
  const bool many = !action.runner.is_nil();
  archive.require(!(one && many), "runner", "must not be there beside an attempt");
  describe_all(archive, !one && !many, one || many);
}
template <class Archive>
void describe(Archive&, Is<BeginGeneration> auto&) {}

template <class Archive>
void describe(Archive& archive, Is<AdminRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.routed("who", request.who);
  std::visit([&](auto& action) { describe(archive, action); }, request.action);
}

/// Without its kind.
template <class Archive>
void describe(Archive& archive, Is<Request> auto& request) {
  std::visit([&](auto& alternative) { describe(archive, alternative); }, request);
}

}  // namespace delta::wire
