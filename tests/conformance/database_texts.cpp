#include "tests/conformance/database_texts.h"

#include "platform/wire/codec.h"

namespace delta {

namespace {

/// "name=value name=value": numbers, enums, ids and digests.
class Line {
 public:
  explicit Line(std::string title) : text_(std::move(title)) {}

  Line& add(std::string_view name, const std::string& value) {
    text_ += ' ';
    text_ += name;
    text_ += '=';
    text_ += value;
    return *this;
  }
  template <class Value>
    requires std::is_integral_v<Value> || std::is_enum_v<Value>
  Line& add(std::string_view name, Value value) {
    return add(name, std::to_string(static_cast<std::int64_t>(value)));
  }
  template <class Tag>
  Line& add(std::string_view name, const Id<Tag>& id) {
    return add(name, to_string(id));
  }
  Line& add(const ChainHead& head) {
    return add("length", head.length).add("head", to_string(head.digest));
  }
  Line& add(const AttemptRef& ref) {
    return add("run", ref.run).add("job", ref.job).add("attempt", ref.attempt);
  }
  std::string end() { return std::move(text_) + "\n"; }

 private:
  std::string text_;
};

std::string text_of(const SharedSpec& spec) { return spec ? wire::encode(*spec) : "none"; }

std::string text_of(const Checkpoint& checkpoint) {
  return std::to_string(checkpoint.steps) + ":" + checkpoint.state;
}

std::string text_of(const Artifact& artifact) {
  return artifact.name + "/" + std::to_string(static_cast<int>(artifact.state)) + "/" +
         std::to_string(artifact.digest) + ";";
}

const char* name_of(CommitOutcome outcome) {
  switch (outcome) {
    case CommitOutcome::committed: return "committed";
    case CommitOutcome::not_committed: return "not_committed";
    case CommitOutcome::unknown: return "unknown";
  }
  return "?";
}

}  // namespace

std::string DatabaseTexts::of(const Run& row) const {
  return Line("run")
      .add("id", row.id)
      .add("state", row.state)
      .add("open", row.open_jobs)
      .add("failed", row.required_failed)
      .add("timed_out", row.required_timed_out)
      .add("skipped", row.required_skipped)
      .add("submitted", time(row.submitted_at))
      .add("finished", time(row.finished_at))
      .add("deadline", time(row.deadline))
      .add("schedule", row.schedule)
      .add("fire_at", time(row.fire_at))
      .add(row.audit)
      .add("spec", text_of(row.spec))
      .end();
}

std::string DatabaseTexts::of(const Job& row) const {
  return Line("job")
      .add("run", row.run)
      .add("index", row.index)
      .add("state", row.state)
      .add("unmet", row.unmet)
      .add("attempts", row.attempts)
      .add("failures", row.failures)
      .add("losses", row.losses)
      .add("current", row.current)
      .add("checkpoint", text_of(row.checkpoint))
      .end();
}

std::string DatabaseTexts::of(const Attempt& row) const {
  return Line("attempt")
      .add("id", row.id)
      .add("run", row.run)
      .add("job", row.job)
      .add("number", row.number)
      .add("state", row.state)
      .add("end", row.lease_end)
      .add("epoch", row.epoch)
      .add("generation", row.generation)
      .add("token", row.token_hash)
      .add("runner", row.runner)
      .add("available", time(row.available_at))
      .add("leased", time(row.leased_at))
      .add("queue_deadline", time(row.queue_deadline))
      .add("expires", time(row.expires_at))
      .add("deadline", time(row.deadline))
      .add("cancel_deadline", time(row.cancel_deadline))
      .add("resume", text_of(row.resume))
      .add(row.audit)
      .add("spec", text_of(row.spec))
      .end();
}

std::string DatabaseTexts::of(const Schedule& row) const {
  return Line("schedule")
      .add("id", row.id)
      .add("state", row.state)
      .add("created", time(row.created_at))
      .add("next", time(row.next_fire))
      .add("last", time(row.last_fire))
      .add("fires", row.fires)
      .add("skipped", row.skipped)
      .add(row.audit)
      .add("spec", row.spec ? wire::encode(*row.spec) : "none")
      .end();
}

std::string DatabaseTexts::of(const Control& row) const {
  const Policy& policy = row.policy;
  return Line("control")
      .add("generation", row.generation)
      .add("sweep", time(row.last_sweep))
      .add("grace_until", time(row.grace_until))
      .add("grace", row.grace_available)
      .add("version", policy.version)
      .add("ingesting", policy.ingesting)
      .add("ttl", policy.lease_ttl.count())
      .add("ttl_until", time(policy.lease_ttl_until))
      .add("former", policy.former_ttl.count())
      .add("former_until", time(policy.former_until))
      .add("leases", policy.most_leases)
      .add("submissions", policy.submissions_per_minute)
      .add(row.audit)
      .end();
}

std::string DatabaseTexts::of(const AuditEvent& event) const {
  const Context& context = event.context;
  return Line("event")
      .add("run", event.run)
      .add("attempt", event.attempt)
      .add("schedule", event.schedule)
      .add("number", event.number)
      .add("from", event.from)
      .add("to", event.to)
      .add("refused", event.refused ? static_cast<int>(*event.refused) : -1)
      .add("actor", event.what.actor.kind)
      .add("actor_id", event.what.actor.id)
      .add("nonce", to_hex(event.what.nonce.hi, event.what.nonce.lo))
      .add("now", time(context.now))
      .add("grace_until", time(context.grace_until))
      .add("generation", context.generation)
      .add("ttl", context.lease_ttl.count())
      .add("longest", context.longest_lease.count())
      .add("ingesting", context.ingesting)
      .add("expires", time(event.lease_expires_at))
      .add("previous", to_string(event.previous))
      .add("digest", to_string(event.digest))
      .add("message", wire::encode(event.what.message))
      .end();
}

std::string DatabaseTexts::of(const StoredOperation& operation) const {
  return Line("operation")
      .add("id", operation.key.id)
      .add("digest", operation.key.digest)
      .add("stored", time(operation.stored_at))
      .add("reply", wire::encode(operation.reply))
      .end();
}

std::string DatabaseTexts::of(const Rows& rows) const {
  std::string text;
  for (const Run& row : rows.runs) text += of(row);
  for (const Job& row : rows.jobs) text += of(row);
  for (const Attempt& row : rows.attempts) text += of(row);
  for (const Schedule& row : rows.schedules) text += of(row);
  if (rows.control) text += of(*rows.control);
  return text;
}

std::string DatabaseTexts::of(const Opened& opened) const {
  std::string text = Line("opened at").add("now", time(opened.now)).end();
  for (const StoredOperation& operation : opened.existing) text += of(operation);
  text += of(opened.rows);
  text += opened.control_locked ? "locked " : "not locked ";
  return text + of(opened.control);
}

std::string DatabaseTexts::of(const Found& found) const {
  std::string text = "found\n";
  for (const DueItem& item : found.due) {
    text += Line("due").add("kind", item.kind).add(item.ref).end();
  }
  for (const AttemptId& id : found.attempts) text += Line("attempt").add("id", id).end();
  for (const AttemptRef& ref : found.live) text += Line("live").add(ref).end();
  for (const OutboxRow& row : found.outbox) {
    text += Line("outbox")
                .add("serial", serial(row.serial))
                .add("attempt", row.attempt)
                .add("due", time(row.due))
                .end();
  }
  if (found.run) {
    text += Line("view")
                .add("id", found.run->id)
                .add("state", found.run->state)
                .add("submitted", time(found.run->submitted_at))
                .add("finished", time(found.run->finished_at))
                .add("spec", text_of(found.run->spec))
                .add("schedule", found.run->schedule)
                .add("fire_at", time(found.run->fire_at))
                .end();
    for (const JobView& job : found.run->jobs) {
      text += Line("  job")
                  .add("state", job.state)
                  .add("attempt", job.attempt)
                  .add("current", job.current)
                  .add("attempts", job.attempts)
                  .add("lease", job.lease)
                  .end();
    }
  }
  for (const RunSummary& run : found.runs) {
    text += Line("summary")
                .add("id", run.id)
                .add("state", run.state)
                .add("name", run.name)
                .add("submitted", time(run.submitted_at))
                .add("finished", time(run.finished_at))
                .end();
  }
  for (const AttemptArtifacts& left : found.artifacts) {
    std::string names;
    for (const Artifact& artifact : left.artifacts) names += text_of(artifact);
    text += Line("artifacts").add(left.ref).add("names", names).end();
  }
  for (const Schedule& row : found.schedules) text += of(row);
  if (found.load) {
    text += Line("load")
                .add("queued", found.load->queued)
                .add("oldest", age(found.load->oldest_queued))
                .add("live", found.load->live_leases)
                .add("outbox", found.load->outbox)
                .add("oldest_outbox", age(found.load->oldest_outbox))
                .add("oldest_transaction", age(found.load->oldest_transaction))
                .add("schedules", found.load->schedules)
                .add("oldest_fire", age(found.load->oldest_fire))
                .end();
  }
  return text;
}

std::string DatabaseTexts::of(const CommitResult& result) const {
  std::string text = name_of(result.outcome);
  if (result.outcome != CommitOutcome::committed) text += " " + text_of(result.error);
  for (const std::uint64_t one : result.outbox) text += " " + serial(one);
  return text + "\n";
}

std::string text_of(const DbError& error) {
  switch (error.kind) {
    case DbFailure::unavailable: return "unavailable";
    case DbFailure::conflict: return "conflict";
    case DbFailure::rejected: return "rejected";
  }
  return "?";
}

}  // namespace delta
