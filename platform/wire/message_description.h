// The messages of the audit log, and the small structures that they share with requests.
#pragma once

#include "core/audit.h"
#include "platform/wire/schedule_description.h"

namespace delta::wire {

template <class Archive>
void describe(Archive& archive, Is<AttemptRef> auto& ref) {
  archive.field("run", ref.run);
  archive.field("job", ref.job);
  archive.field("attempt", ref.attempt);
}

template <class Archive>
void describe(Archive& archive, Is<Credentials> auto& lease) {
  describe(archive, lease.ref);
  archive.field("epoch", lease.epoch);
  archive.field("token_hash", lease.token_hash);
}

template <class Archive>
void describe(Archive& archive, Is<Artifact> auto& artifact) {
  archive.field("name", artifact.name);
  archive.field_or("state", artifact.state, ArtifactState::stored);
  archive.field("digest", Hex{artifact.digest});
}

template <class Archive>
void describe(Archive& archive, Is<TtlOverride> auto& wanted) {
  archive.field("ttl", wanted.ttl);
  archive.field("for_how_long", wanted.for_how_long);
}

template <class Archive>
void describe(Archive& archive, Is<PolicyChange> auto& change) {
  archive.optional("ingesting", change.ingesting);
  archive.optional("lease_ttl", change.lease_ttl);
  archive.optional("most_leases", change.most_leases);
  archive.optional("submissions_per_minute", change.submissions_per_minute);
}

template <class Archive>
void describe(Archive& archive, Is<Checkpoint> auto& checkpoint) {
  archive.field("steps", checkpoint.steps);
  archive.field_or("state", checkpoint.state, {});
}

/// What a message and a request say alike; only the lease differs.
template <class Archive>
void describe_report(Archive& archive, auto& report) {
  archive.field("lease", report.lease);
  archive.field("phase", report.phase);
}
template <class Archive>
void describe_completion(Archive& archive, auto& complete) {
  archive.field("lease", complete.lease);
  archive.field("succeeded", complete.succeeded);
  archive.field_or("failure", complete.failure, FailureClass::user);
  archive.field_if(!complete.artifacts.empty(), "artifacts", complete.artifacts);
}

template <class Archive>
void describe_checkpoint(Archive& archive, auto& saved) {
  archive.field("lease", saved.lease);
  archive.field("checkpoint", saved.checkpoint);
}

template <class Archive>
void describe(Archive& archive, Is<Submit> auto& message) {
  archive.field("run", message.run);
  archive.field("spec", message.spec);
}
template <class Archive>
void describe(Archive& archive, Is<Cancel> auto& message) {
  archive.field("run", message.run);
}
template <class Archive>
void describe(Archive& archive, Is<Acquire> auto& message) {
  archive.field("attempt", message.attempt);
  archive.field("runner", message.runner);
  archive.field("token_hash", message.token_hash);
}
template <class Archive>
void describe(Archive& archive, Is<Start> auto& message) {
  archive.field("lease", message.lease);
}
template <class Archive>
void describe(Archive& archive, Is<Heartbeat> auto& message) {
  archive.field("lease", message.lease);
}
template <class Archive>
void describe(Archive& archive, Is<Report> auto& message) {
  describe_report(archive, message);
}
template <class Archive>
void describe(Archive& archive, Is<Complete> auto& message) {
  describe_completion(archive, message);
}
template <class Archive>
void describe(Archive& archive, Is<CancelAck> auto& message) {
  archive.field("lease", message.lease);
}
template <class Archive>
void describe(Archive& archive, Is<Expire> auto& message) {
  describe(archive, message.ref);
}
template <class Archive>
void describe(Archive& archive, Is<Revoke> auto& message) {
  describe(archive, message.ref);
  archive.field_or("who", message.who, {});
}
template <class Archive>
void describe(Archive& archive, Is<ForceCancel> auto& message) {
  describe(archive, message.ref);
}
template <class Archive>
void describe(Archive& archive, Is<TimeOut> auto& message) {
  describe(archive, message.ref);
}
template <class Archive>
void describe(Archive& archive, Is<RunTimeOut> auto& message) {
  archive.field("run", message.run);
}
template <class Archive>
void describe(Archive& archive, Is<Reenqueue> auto& message) {
  archive.field("attempt", message.attempt);
  archive.field_or("who", message.who, {});
}
template <class Archive>
void describe(Archive& archive, Is<SetPolicy> auto& message) {
  archive.field("change", message.change);
  archive.field_or("who", message.who, {});
}
template <class Archive>
void describe(Archive& archive, Is<RaiseGeneration> auto& message) {
  archive.field_or("who", message.who, {});
  archive.field("above", Decimal{message.above});
}

template <class Archive>
void describe(Archive& archive, Is<SaveCheckpoint> auto& message) {
  describe_checkpoint(archive, message);
}

template <class Archive>
void describe(Archive& archive, Is<Message> auto& message) {
  describe_kind(archive, message, kMessageNames);
}

template <class Archive>
void describe(Archive& archive, Is<Actor> auto& actor) {
  archive.field("kind", actor.kind);
  archive.field("id", Hex{actor.id});
}
template <class Archive>
void describe(Archive& archive, Is<Nonce> auto& nonce) {
  archive.field("hi", Hex{nonce.hi});
  archive.field("lo", Hex{nonce.lo});
}
template <class Archive>
void describe(Archive& archive, Is<Context> auto& context) {
  archive.field("now", context.now);
  archive.field("grace_until", context.grace_until);
  archive.field("generation", Decimal{context.generation});
  archive.field("lease_ttl", context.lease_ttl);
  archive.field("longest_lease", context.longest_lease);
  archive.field("ingesting", context.ingesting);
}
/// Without what the audit's table has columns for: whose chain it is in, its number and digests.
template <class Archive>
void describe(Archive& archive, Is<AuditEvent> auto& event) {
  archive.field("message", event.what.message);
  archive.field("actor", event.what.actor);
  archive.field("nonce", event.what.nonce);
  archive.field("context", event.context);
  archive.field_or("lease_expires_at", event.lease_expires_at, kNever);
  archive.field("from", event.from);
  archive.field("to", event.to);
  archive.optional("refused", event.refused);
}

}  // namespace delta::wire
