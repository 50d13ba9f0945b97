#include "core/audit.h"

#include <nettle/sha2.h>

#include <array>

namespace delta {

namespace {

/// Canonical bytes, hashed as they come: little-endian integers, strings with their length first.
class Bytes {
 public:
  Bytes() { sha256_init(&context_); }

  void number(std::uint64_t value) {
    if (used_ + 8 > buffer_.size()) flush();
    for (std::size_t i = 0; i < 8; ++i) {
      buffer_[used_ + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    used_ += 8;
  }
  void time(DbTime value) { duration(value.time_since_epoch()); }
  void duration(Duration value) { number(static_cast<std::uint64_t>(value.count())); }
  void text(std::string_view value) {
    number(value.size());
    raw(reinterpret_cast<const std::uint8_t*>(value.data()), value.size());
  }
  void optional_number(std::optional<std::uint64_t> value) {
    number(value ? 1 : 0);
    number(value.value_or(0));
  }
  void digest(const Digest& value) { raw(value.data(), value.size()); }

  template <class Tag>
  void id(const Id<Tag>& value) {
    number(value.hi);
    number(value.lo);
  }
  void ref(const AttemptRef& value) {
    id(value.run);
    number(value.job);
    id(value.attempt);
  }
  void credentials(const Credentials& value) {
    ref(value.ref);
    number(value.epoch);
    id(value.token_hash);
  }

  void spec(const RunSpec& spec);
  void steps(const JobSpec& job) {
    number(job.steps.size());
    for (const JobStep& step : job.steps) {
      text(step.name);
      text(step.command);
    }
  }
  void schedule(const ScheduleSpec& spec);

  void operator()(const Submit& m) {
    id(m.run);
    spec(*m.spec);
  }
  void operator()(const Cancel& m) { id(m.run); }
  void operator()(const Acquire& m) {
    id(m.attempt);
    id(m.runner);
    id(m.token_hash);
  }
  void operator()(const Start& m) { credentials(m.lease); }
  void operator()(const Heartbeat& m) { credentials(m.lease); }
  void operator()(const Report& m) {
    credentials(m.lease);
    number(static_cast<std::uint64_t>(m.phase));
  }
  void operator()(const Complete& m);
  void operator()(const CancelAck& m) { credentials(m.lease); }
  void operator()(const Expire& m) { ref(m.ref); }
  void operator()(const Revoke& m) {
    ref(m.ref);
    text(m.who);
  }
  void operator()(const ForceCancel& m) { ref(m.ref); }
  void operator()(const TimeOut& m) { ref(m.ref); }
  void operator()(const RunTimeOut& m) { id(m.run); }
  void operator()(const Reenqueue& m) {
    id(m.attempt);
    text(m.who);
  }
  void operator()(const SetPolicy& m);
  void operator()(const RaiseGeneration& m) {
    text(m.who);
    number(m.above);
  }
  void operator()(const SaveCheckpoint& m) {
    credentials(m.lease);
    number(m.checkpoint.steps);
    text(m.checkpoint.state);
  }
  void operator()(const CreateSchedule& m) {
    id(m.schedule);
    schedule(*m.spec);
    time(m.first);
  }
  void operator()(const ChangeSchedule& m) {
    id(m.schedule);
    number(static_cast<std::uint64_t>(m.to));
    time(m.next);
  }
  void operator()(const Fire& m);

  Digest hash() {
    flush();
    Digest digest{};
    sha256_digest(&context_, digest.size(), digest.data());
    return digest;
  }

 private:
  void raw(const std::uint8_t* bytes, std::size_t count) {
    flush();
    sha256_update(&context_, count, bytes);
  }
  void flush() {
    sha256_update(&context_, used_, buffer_.data());
    used_ = 0;
  }

  sha256_ctx context_;
  std::array<std::uint8_t, 512> buffer_;  // not cleared: only what was written is hashed
  std::size_t used_ = 0;
};

void Bytes::spec(const RunSpec& spec) {
  text(spec.name);
  duration(spec.timeout);
  number(spec.jobs.size());
  for (const JobSpec& job : spec.jobs) {
    text(job.name);
    text(job.command);
    if (job.command.empty()) steps(job);
    number(job.needs.size());
    for (const std::uint32_t need : job.needs) number(need);
    number(job.secrets.size());
    for (const std::string& secret : job.secrets) text(secret);
    number(job.required ? 1 : 0);
    number(job.retry.max_attempts);
    number(job.retry.max_losses);
    number((job.retry.retry_infrastructure ? 1U : 0U) | (job.retry.retry_user ? 2U : 0U) |
           (job.retry.retry_timeout ? 4U : 0U));
    duration(job.timeout);
    duration(job.queue_timeout);
  }
}

void Bytes::schedule(const ScheduleSpec& spec) {
  text(spec.name);
  number(static_cast<std::uint64_t>(spec.timing.kind));
  text(spec.timing.expression);
  text(spec.timing.zone);
  number(static_cast<std::uint64_t>(spec.catch_up));
  number(spec.cap);
  this->spec(*spec.run);
}

void Bytes::operator()(const Fire& m) {
  id(m.schedule);
  number(m.older);
  number(m.due.size());
  for (const DbTime fire : m.due) time(fire);
  time(m.next);
}

void Bytes::operator()(const Complete& m) {
  credentials(m.lease);
  number(m.succeeded ? 1 : 0);
  number(static_cast<std::uint64_t>(m.failure));
  number(m.artifacts.size());
  for (const Artifact& artifact : m.artifacts) {
    text(artifact.name);
    number(static_cast<std::uint64_t>(artifact.state));
    number(artifact.digest);
  }
}

void Bytes::operator()(const SetPolicy& m) {
  optional_number(m.change.ingesting);
  number(m.change.lease_ttl ? 1 : 0);
  const TtlOverride wanted = m.change.lease_ttl.value_or(TtlOverride{});
  duration(wanted.ttl);
  duration(wanted.for_how_long);
  optional_number(m.change.most_leases);
  optional_number(m.change.submissions_per_minute);
  text(m.who);
}

}  // namespace

std::string_view name_of(Reason reason) {
  static constexpr std::array<std::string_view, 11> names{
      "not_found",     "already_done", "stale",   "lease_over", "wrong_state", "not_due",
      "not_available", "paused",       "unsound", "malformed",  "taken"};
  return names.at(static_cast<std::size_t>(reason));
}

Digest digest_of(const AuditEvent& event) {
  Bytes bytes;
  bytes.digest(event.previous);
  bytes.number(event.number);
  bytes.id(event.run);
  bytes.id(event.attempt);
  bytes.number(static_cast<std::uint64_t>(event.what.actor.kind));
  bytes.number(event.what.actor.id);
  bytes.number(event.what.nonce.hi);
  bytes.number(event.what.nonce.lo);
  bytes.number(event.what.message.index());
  std::visit(bytes, event.what.message);
  bytes.time(event.context.now);
  bytes.time(event.context.grace_until);
  bytes.number(event.context.generation);
  bytes.duration(event.context.lease_ttl);
  bytes.duration(event.context.longest_lease);
  bytes.number(event.context.ingesting ? 1 : 0);
  bytes.time(event.lease_expires_at);
  bytes.number(event.from);
  bytes.number(event.to);
  bytes.number(event.refused ? 1U + static_cast<std::uint64_t>(*event.refused) : 0U);
  // What came before schedules keeps its digest.
  if (!event.schedule.is_nil()) bytes.id(event.schedule);
  return bytes.hash();
}

std::uint64_t fingerprint(const RunSpec& spec) {
  Bytes bytes;
  bytes.spec(spec);
  return first_word(bytes.hash());
}

std::uint64_t fingerprint(const ScheduleSpec& spec) {
  Bytes bytes;
  bytes.schedule(spec);
  return first_word(bytes.hash());
}

void append_to_chain(ChainHead& head, AuditEvent& event) {
  event.number = ++head.length;
  event.previous = head.digest;
  event.digest = digest_of(event);
  head.digest = event.digest;
}

void enter_head(ChainHead& run, const ChainHead& attempt) {
  Bytes bytes;
  bytes.digest(run.digest);
  bytes.number(attempt.length);
  bytes.digest(attempt.digest);
  ++run.length;
  run.digest = bytes.hash();
}

}  // namespace delta
