// What the orchestrator answers. Replies name all their keys: who reads them in another language
// should not have to know what is usual.
#pragma once

#include "core/api.h"
#include "platform/wire/message_description.h"

namespace delta::wire {

/// From SubmitReply on, without the metrics: those go out as Prometheus text.
inline constexpr std::array<std::string_view, std::variant_size_v<ReplyBody> - 2> kReplyKinds{
    "submit", "cancel", "acquire",   "lease",    "heartbeat", "run",
    "admin",  "runs",   "artifacts", "schedule", "schedules", "runners"};

template <class Archive>
void describe(Archive& archive, Is<ChainHead> auto& head) {
  archive.field("length", head.length);
  archive.field("digest", head.digest);
}
template <class Archive>
void describe(Archive& archive, Is<SubmitReply> auto& reply) {
  archive.field("run", reply.run);
  archive.field("audit", reply.audit);
}
template <class Archive>
void describe(Archive& archive, Is<CancelReply> auto& reply) {
  archive.field("state", reply.state);
}
template <class Archive>
void describe(Archive& archive, Is<Grant> auto& grant) {
  describe(archive, grant.ref);
  archive.field("epoch", grant.epoch);
  archive.field("spec", grant.spec);
  archive.field_or("checkpoint", grant.checkpoint, {});
}
template <class Archive>
void describe(Archive& archive, Is<AcquireReply> auto& reply) {
  archive.field("grants", reply.grants);
}
template <class Archive>
void describe(Archive& archive, Is<LeaseReply> auto& reply) {
  archive.field("ttl", reply.ttl);
}
template <class Archive>
void describe(Archive& archive, Is<LeaseStatus> auto& status) {
  archive.field("attempt", status.attempt);
  archive.optional("refused", status.refused);
  archive.field("cancel", status.cancel);
  archive.field("ttl", status.ttl);
}
template <class Archive>
void describe(Archive& archive, Is<HeartbeatReply> auto& reply) {
  archive.field("leases", reply.leases);
}
template <class Archive>
void describe(Archive& archive, Is<JobView> auto& job) {
  archive.field("state", job.state);
  archive.field("attempt", job.attempt);
  archive.field("current", job.current);
  archive.field("attempts", job.attempts);
  archive.field_or("steps_done", job.steps_done, 0);
}
/// Of a run; finished_at only when it has.
template <class Archive>
void describe_times(Archive& archive, auto& run) {
  archive.field("submitted_at", run.submitted_at);
  archive.field_or("finished_at", run.finished_at, kNever);
}
template <class Archive>
void describe(Archive& archive, Is<RunView> auto& run) {
  archive.field("id", run.id);
  archive.field("state", run.state);
  describe_times(archive, run);
  archive.field("spec", run.spec);
  archive.field("jobs", run.jobs);
  archive.field_or("schedule", run.schedule, {});
  archive.field_or("fire_at", run.fire_at, kNever);
}
template <class Archive>
void describe(Archive& archive, Is<RunSummary> auto& run) {
  archive.field("id", run.id);
  archive.field("state", run.state);
  archive.field("name", run.name);
  describe_times(archive, run);
}
template <class Archive>
void describe(Archive& archive, Is<ListRunsReply> auto& reply) {
  archive.field("runs", reply.runs);
}
template <class Archive>
void describe(Archive& archive, Is<AttemptArtifacts> auto& attempt) {
  describe(archive, attempt.ref);
  archive.field("artifacts", attempt.artifacts);
}
template <class Archive>
void describe(Archive& archive, Is<ListArtifactsReply> auto& reply) {
  archive.field("attempts", reply.attempts);
}
template <class Archive>
void describe(Archive& archive, Is<Policy> auto& policy) {
  archive.field("version", policy.version);
  archive.field("ingesting", policy.ingesting);
  archive.field("lease_ttl", policy.lease_ttl);
  archive.field("lease_ttl_until", policy.lease_ttl_until);
  archive.field("former_ttl", policy.former_ttl);
  archive.field("former_until", policy.former_until);
  archive.field("most_leases", policy.most_leases);
  archive.field("submissions_per_minute", policy.submissions_per_minute);
}
template <class Archive>
void describe(Archive& archive, Is<AdminReply> auto& reply) {
  archive.field("rows", reply.rows);
  archive.field("more", reply.more);
  archive.field("generation", Decimal{reply.generation});
  archive.field("policy", reply.policy);
}
template <class Archive>
void describe(Archive&, Is<std::monostate> auto&) {}
template <class Archive>
void describe(Archive&, Is<MetricsReply> auto&) {}
template <class Archive>
void describe(Archive& archive, Is<RunnerView> auto& runner) {
  archive.field("runner", runner.runner);
  archive.field_or("name", runner.name, {});
  archive.field("seen", runner.seen);
  archive.field("waits", runner.waits);
  archive.field("slots", runner.slots);
  archive.field("busy_slots", runner.busy_slots);
  archive.field("finished", runner.finished);
}
template <class Archive>
void describe(Archive& archive, Is<ListRunnersReply> auto& reply) {
  archive.field("runners", reply.runners);
}

template <class Archive>
void describe(Archive& archive, Is<ReplyBody> auto& body) {
  describe_kind(archive, body, kReplyKinds, 1);
}
template <class Archive>
void describe(Archive& archive, Is<Response> auto& response) {
  archive.field("status", response.status);
  archive.optional("reason", response.reason);
  archive.field_or("detail", response.detail, {});
  const bool has_body = response.body.index() != 0 && response.body.index() <= kReplyKinds.size();
  archive.field_if(has_body, "body", response.body);
}

}  // namespace delta::wire
