#include "core/messages.h"

#include <array>

namespace delta {

std::string_view name_of(const Message& message) { return kMessageNames.at(message.index()); }

std::string_view name_of(ActorKind actor) {
  static constexpr std::array<std::string_view, 4> names{"client", "runner", "orchestrator",
                                                         "operator"};
  return names.at(static_cast<std::size_t>(actor));
}

namespace {

struct FootprintOf {
  static Footprint whole_run(RunId run) { return {Scope::run, {run, 0, {}}}; }

  Footprint operator()(const Submit&) const { return {}; }
  Footprint operator()(const Cancel& m) const { return whole_run(m.run); }
  Footprint operator()(const Acquire& m) const { return {Scope::attempt, {{}, 0, m.attempt}}; }
  Footprint operator()(const Start& m) const { return {Scope::attempt_and_run, m.lease.ref}; }
  Footprint operator()(const Heartbeat& m) const { return {Scope::attempt, m.lease.ref}; }
  Footprint operator()(const Report& m) const { return {Scope::attempt, m.lease.ref}; }
  Footprint operator()(const Complete& m) const { return {Scope::job, m.lease.ref}; }
  Footprint operator()(const CancelAck& m) const { return {Scope::job, m.lease.ref}; }
  Footprint operator()(const Expire& m) const { return {Scope::job, m.ref}; }
  Footprint operator()(const Revoke& m) const { return {Scope::job, m.ref}; }
  Footprint operator()(const ForceCancel& m) const { return {Scope::job, m.ref}; }
  Footprint operator()(const TimeOut& m) const { return {Scope::job, m.ref}; }
  Footprint operator()(const RunTimeOut& m) const { return whole_run(m.run); }
  Footprint operator()(const Reenqueue& m) const { return {Scope::attempt, {{}, 0, m.attempt}}; }
  Footprint operator()(const SetPolicy&) const { return {Scope::control, {}}; }
  Footprint operator()(const RaiseGeneration&) const { return {Scope::control, {}}; }
  Footprint operator()(const SaveCheckpoint& m) const { return {Scope::job, m.lease.ref}; }
  Footprint operator()(const CreateSchedule& m) const { return {Scope::schedule, {}, m.schedule}; }
  Footprint operator()(const ChangeSchedule& m) const { return {Scope::schedule, {}, m.schedule}; }
  Footprint operator()(const Fire& m) const { return {Scope::schedule, {}, m.schedule}; }
};

}  // namespace

Footprint footprint(const Message& message) { return std::visit(FootprintOf{}, message); }

}  // namespace delta
