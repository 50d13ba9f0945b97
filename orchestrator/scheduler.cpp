#include "orchestrator/scheduler.h"

#include <algorithm>

#include "orchestrator/background.h"
#include "orchestrator/replies.h"

namespace delta {

namespace {

constexpr std::uint32_t kMostAtOnce = 20;
constexpr std::uint32_t kMostListed = 500;

/// What is due by `now`, its newest fires one by one.
Fire fire_of(const Schedule& schedule, const Calendar& calendar, DbTime now) {
  Fire fire{.schedule = schedule.id};
  const ScheduleTiming& timing = schedule.spec->timing;
  fire.next = schedule.next_fire;
  if (timing.kind == ScheduleKind::interval) {
    // Those that are too many to be told are passed over at once.
    const Duration period = period_of(timing);
    const auto due = static_cast<std::uint64_t>((now - fire.next) / period) + 1;
    fire.older = due - std::min<std::uint64_t>(due, kMostDueFires);
    fire.next += period * static_cast<std::int64_t>(fire.older);
  }
  std::size_t oldest = 0;  // of a ring, once it is full
  while (fire.next <= now) {
    if (fire.due.size() < kMostDueFires) {
      fire.due.push_back(fire.next);
    } else {
      fire.due[oldest] = fire.next;
      oldest = (oldest + 1) % kMostDueFires;
      ++fire.older;
    }
    fire.next = next_fire(calendar, timing, fire.next);
  }
  std::ranges::rotate(fire.due, fire.due.begin() + static_cast<std::ptrdiff_t>(oldest));
  return fire;
}

ScheduleView view_of(const Schedule& row) {
  return {row.state, row.spec, row.created_at, row.next_fire, row.fires, row.skipped};
}

Response list_reply(const Found& found) {
  ListSchedulesReply reply;
  for (const Schedule& row : found.schedules) reply.schedules.push_back(view_of(row));
  Response response;
  response.body = std::move(reply);
  return response;
}

/// The schedule that was asked for; null when there is none.
const Schedule* only(const Found& found) {
  const bool there = !found.schedules.empty() && found.schedules[0].state != ScheduleState::deleted;
  return there ? &found.schedules[0] : nullptr;
}

Response refusal(Reason reason) {
  if (reason == Reason::unsound) {
    return failure_reply(Status::invalid, "the schedule would never fire");
  }
  Response response = verdict_reply(reason);
  if (reason == Reason::taken) response.detail = "another schedule has this name";
  return response;
}

}  // namespace

void Scheduler::watch() {
  if (watching_.exchange(true)) return;
  context_.ports.runtime.tasks.spawn("scheduler", [this] { loop(); });
}

void Scheduler::loop() {
  Connection connection(context_.ports.database, context_.database);
  do {
    const MonoTime begun = context_.now();
    std::optional<std::size_t> fired = fire_due(connection);
    while (fired == kMostAtOnce) fired = fire_due(connection);  // there may be more
    context_.count(BackgroundJob::schedule, begun, fired.has_value());
  } while (context_.next_round(BackgroundJob::schedule, context_.settings.schedule_interval));
}

std::optional<std::size_t> Scheduler::fire_due(Connection& connection) {
  Session* session = connection.session();
  if (session == nullptr) return std::nullopt;
  const auto found = session->find(FindDueSchedules{.limit = kMostAtOnce});
  if (!found) {
    connection.lost();
    return std::nullopt;
  }
  connection.worked();
  std::vector<Work> works;
  for (const Schedule& schedule : found->schedules) {
    works.push_back(work_for(schedule, found->now));
  }
  const BackgroundResult done = commit_background(context_, connection, sink_, works);
  context_.count_items(BackgroundJob::schedule, done.accepted);
  if (!done.all) return std::nullopt;  // the next round finds it again
  return done.accepted;
}

Work Scheduler::work_for(const Schedule& schedule, DbTime now) {
  Work work;
  work.messages.push_back({fire_of(schedule, context_.ports.calendar, now),
                           {ActorKind::orchestrator, context_.id},
                           context_.nonce()});
  work.reply = [](const Decided& decided) { return verdict_reply(decided.verdicts[0]); };
  return work;
}

void Scheduler::commit(OperationKey key, Message message, Responder respond) {
  Work work;
  work.operation = key;
  const ScheduleId id = footprint(message).schedule;
  work.messages.push_back({std::move(message), {ActorKind::client, 0}, context_.nonce()});
  work.reply = [id](const Decided& decided) {
    const std::optional<Reason> refused = decided.verdicts[0];
    if (refused && *refused != Reason::already_done) return refusal(*refused);
    Response response;
    response.body = view_of(*decided.rows.schedule(id));
    return response;
  };
  work.respond = std::move(respond);
  committer_.submit(std::move(work));
}

void Scheduler::handle(CreateScheduleRequest request, Responder respond) {
  const ScheduleSpec& spec = *request.spec;
  std::string wrong = problem(spec);
  if (wrong.empty()) wrong = context_.ports.calendar.problem(spec.timing);
  if (!wrong.empty()) return respond(failure_reply(Status::invalid, std::move(wrong)));
  const ScheduleId id = schedule_id(spec.name);
  const OperationKey key{request.operation, fingerprint(spec)};
  // The calendar needs the database's time, and what decides must not need a calendar.
  const auto first = std::make_shared<std::optional<DbTime>>();
  const auto look = [this, first, timing = spec.timing](const Found& found) {
    *first = next_fire(context_.ports.calendar, timing, found.now);
    return Response{};
  };
  reader_.ask(FindSchedule{id}, look,
              [this, first, id, key, request, respond = std::move(respond)](Response response) {
                if (!*first) return respond(std::move(response));
                commit(key, CreateSchedule{id, request.spec, **first}, respond);
              });
}

void Scheduler::handle(ChangeScheduleRequest request, Responder respond) {
  if (request.to == ScheduleState::ended) {
    return respond(failure_reply(Status::invalid, "a schedule can be active, paused or deleted"));
  }
  const ScheduleId id = schedule_id(request.name);
  const OperationKey key{request.operation,
                         mix64(mix_digest(id)) ^ static_cast<std::uint64_t>(request.to)};
  const auto next = std::make_shared<std::optional<DbTime>>();
  const auto look = [this, next](const Found& found) {
    const Schedule* row = only(found);
    *next = kNever;
    if (row != nullptr) *next = next_fire(context_.ports.calendar, row->spec->timing, found.now);
    return Response{};
  };
  reader_.ask(
      FindSchedule{id}, look,
      [this, next, id, key, to = request.to, respond = std::move(respond)](Response response) {
        if (!*next) return respond(std::move(response));
        commit(key, ChangeSchedule{id, to, **next}, respond);
      });
}

void Scheduler::handle(const GetScheduleRequest& request, Responder respond) {
  const auto view = [](const Found& found) {
    const Schedule* row = only(found);
    if (row == nullptr) return verdict_reply(Reason::not_found);
    Response response;
    response.body = view_of(*row);
    return response;
  };
  reader_.ask(FindSchedule{schedule_id(request.name)}, view, std::move(respond));
}

void Scheduler::handle(const ListSchedulesRequest& request, Responder respond) {
  const std::uint32_t limit = std::min(request.limit, kMostListed);
  reader_.ask(FindSchedules{request.after, limit}, list_reply, std::move(respond));
}

}  // namespace delta
