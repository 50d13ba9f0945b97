// Schedules: what clients ask for with them, what is answered, and their messages in the audit log.
#pragma once

#include "core/api.h"
#include "platform/wire/spec_description.h"

namespace delta::wire {

template <class Archive>
void describe(Archive& archive, Is<ScheduleSpec> auto& spec) {
  const ScheduleSpec usual;
  archive.field("name", spec.name);
  archive.field("kind", spec.timing.kind);
  archive.field("expression", spec.timing.expression);
  archive.field_or("zone", spec.timing.zone, usual.timing.zone);
  archive.field_or("catch_up", spec.catch_up, usual.catch_up);
  archive.field_or("cap", spec.cap, usual.cap);
  archive.field("run", spec.run);
}

template <class Archive>
void describe(Archive& archive, Is<CreateSchedule> auto& message) {
  archive.field("schedule", message.schedule);
  archive.field("spec", message.spec);
  archive.field("first", message.first);
}
template <class Archive>
void describe(Archive& archive, Is<ChangeSchedule> auto& message) {
  archive.field("schedule", message.schedule);
  archive.field("to", message.to);
  archive.field_or("next", message.next, kNever);
}
template <class Archive>
void describe(Archive& archive, Is<Fire> auto& message) {
  archive.field("schedule", message.schedule);
  archive.field("older", Decimal{message.older});
  archive.field("due", message.due);
  archive.field_or("next", message.next, kNever);
}

template <class Archive>
void describe(Archive& archive, Is<CreateScheduleRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.field("spec", request.spec);
}
template <class Archive>
void describe(Archive& archive, Is<ChangeScheduleRequest> auto& request) {
  archive.routed("operation", request.operation);
  archive.routed("schedule", request.name);
  archive.field("to", request.to);
}
template <class Archive>
void describe(Archive& archive, Is<GetScheduleRequest> auto& request) {
  archive.routed("schedule", request.name);
}
template <class Archive>
void describe(Archive& archive, Is<ListSchedulesRequest> auto& request) {
  archive.field_or("after", request.after, {});
  archive.field_or("limit", request.limit, ListSchedulesRequest{}.limit);
}

template <class Archive>
void describe(Archive& archive, Is<ScheduleView> auto& schedule) {
  archive.field("state", schedule.state);
  archive.field("spec", schedule.spec);
  archive.field("created_at", schedule.created_at);
  archive.field_or("next_fire", schedule.next_fire, kNever);
  archive.field("fires", Decimal{schedule.fires});
  archive.field("skipped", Decimal{schedule.skipped});
}
template <class Archive>
void describe(Archive& archive, Is<ListSchedulesReply> auto& reply) {
  archive.field("schedules", reply.schedules);
}

}  // namespace delta::wire
