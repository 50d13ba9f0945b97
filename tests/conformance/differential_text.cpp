// A step of a random history in words.
#include "tests/conformance/differential_plan.h"

namespace delta {

namespace {

std::string text_of(const OpenRequest& request) {
  std::string text;
  for (const OperationKey& key : request.operations) {
    text += " key " + std::to_string(key.id.lo);
  }
  for (const RunLock& lock : request.runs) {
    text += " run " + std::to_string(lock.run.lo) + " scope " +
            std::to_string(static_cast<int>(lock.scope)) + " job " + std::to_string(lock.job);
  }
  for (const AttemptId& id : request.attempts) text += " attempt " + std::to_string(id.lo);
  for (const ScheduleId& id : request.schedules) text += " schedule " + short_name(id);
  if (request.control) text += " control";
  if (request.on_locked == OnLocked::skip) text += " skip";
  return text;
}

std::string text_of(const WriteSet& writes) {
  std::string text;
  const auto list = [&text](const char* what, std::uint64_t id, bool insert) {
    text += std::string(insert ? " insert " : " update ") + what + " " + std::to_string(id);
  };
  for (const auto& write : writes.runs) list("run", write.row.id.lo, !write.expected);
  for (const auto& write : writes.jobs) list("job", write.row.run.lo, write.insert);
  for (const auto& write : writes.attempts) list("attempt", write.row.id.lo, !write.expected);
  for (const auto& write : writes.schedules) {
    list("schedule", write.row.id.lo, !write.expected);
  }
  for (const auto& operation : writes.operations) {
    text += " answer " + std::to_string(operation.key.id.lo);
  }
  for (const auto& id : writes.withdrawn) text += " withdraw " + std::to_string(id.lo);
  text += " events " + std::to_string(writes.audit.size()) + " outbox " +
          std::to_string(writes.outbox.size());
  return text + (writes.control ? " control" : "");
}

}  // namespace

std::string text_of(const Action& action) {
  switch (action.kind) {
    case Action::Kind::nothing: return "nothing";
    case Action::Kind::open: return "open" + text_of(action.request);
    case Action::Kind::commit: return "commit" + text_of(action.writes);
    case Action::Kind::rollback: return "rollback";
    case Action::Kind::find: return "find kind " + std::to_string(action.find.index());
    case Action::Kind::delete_outbox:
      return "delete_outbox of " + std::to_string(action.serials.size());
    case Action::Kind::purge: return "purge";
    case Action::Kind::kill: return "is killed";
    case Action::Kind::hand_lock: return "locks by hand" + text_of(action.request);
    case Action::Kind::hand_end: return "ends by hand";
  }
  return "?";
}

}  // namespace delta
