// fires-once: no fire of a schedule has two runs, none is off the schedule, and none is lost that
// the schedule's policy says has one. The policies are written out here again, from the design, on
// purpose; of calendars there is one.
#include <algorithm>
#include <map>
#include <set>

#include "harness/checkers/all.h"
#include "harness/checkers/describe.h"
#include "platform/calendar/zoned_calendar.h"

namespace aftershock {

using namespace delta;

namespace {

using Fires = std::set<DbTime>;

class FiresOnce final : public Checker {
 public:
  FiresOnce(Report report, const Settings& settings)
      : Checker(std::move(report)), settings_(settings) {}

  std::string_view name() const override { return "fires-once"; }

  void on_commit(const CommitView& view) override {
    std::map<ScheduleId, Fires> made;
    for (std::size_t i = 0; i < view.writes.runs.size(); ++i) {
      const Run& row = view.writes.runs[i].row;
      if (view.before.runs[i] != nullptr || row.schedule.is_nil()) continue;
      made[row.schedule].insert(row.fire_at);
      judge(seen_.insert({row.schedule, row.fire_at}).second,
            [&] { return found("a fire has two runs", describe(row), row.id); });
      judge(is_written(view, row.schedule), [&] {
        return found("a run of a schedule that does not move on", describe(row), row.id);
      });
    }
    for (std::size_t i = 0; i < view.writes.schedules.size(); ++i) {
      const Schedule& after = view.writes.schedules[i].row;
      const Schedule* before = view.before.schedules[i];
      follow(view, before, after);
      const bool was_active = before != nullptr && before->state == ScheduleState::active;
      if (was_active && after.last_fire != before->last_fire) {
        judge_fires(view, *before, after, made[after.id]);
      } else {
        judge(made[after.id].empty(), [&] {
          return found("a schedule has runs that it was not due", describe(after), {});
        });
        if (after.state == ScheduleState::active) judge_beginning(view, after);
      }
    }
  }

  /// Fires after it may happen again: their runs are lost with them.
  void on_rewind(const sim::Tables& tables) override {
    seen_.clear();
    stopped_.clear();
    for (const auto& [id, row] : tables.runs()) {
      if (!row.schedule.is_nil()) seen_.insert({row.schedule, row.fire_at});
    }
  }

  /// The drill's last look at a schedule is when it pauses it, long after the last heal.
  void on_final(const FinalRead& read) override {
    if (!read.must_have_recovered || !read.tables.control().policy.ingesting) return;
    for (const auto& [id, row] : read.tables.schedules()) {
      const bool active = row.state == ScheduleState::active;
      const auto stopped = stopped_.find(id);
      if (!active && stopped == stopped_.end()) continue;
      const Duration late =
          active ? read.now - row.next_fire : stopped->second.at - stopped->second.next_fire;
      judge(late <= settings_.misfire_after, [&, &schedule = row] {
        return found("a fire was due for " + format_duration(late) + " and did not happen",
                     describe(schedule), {});
      });
    }
  }

 private:
  struct Stopped {
    DbTime at;
    DbTime next_fire;  ///< that it had then
  };

  static bool is_written(const CommitView& view, ScheduleId id) {
    return std::ranges::any_of(view.writes.schedules,
                               [id](const ScheduleWrite& write) { return write.row.id == id; });
  }

  void follow(const CommitView& view, const Schedule* before, const Schedule& after) {
    stopped_.erase(after.id);
    const bool stops = before != nullptr && before->state == ScheduleState::active &&
                       after.state != ScheduleState::active && after.state != ScheduleState::ended;
    if (stops) stopped_[after.id] = {view.read, before->next_fire};
  }

  DbTime next(const Schedule& row, DbTime fire) const {
    return next_fire(calendar_, row.spec->timing, fire);
  }

  /// It went from one next fire to a later one: all between them had their run or were skipped.
  void judge_fires(const CommitView& view, const Schedule& before, const Schedule& after,
                   const Fires& made) {
    Fires passed;
    DbTime fire = before.next_fire;
    for (; fire <= view.read && fire < after.next_fire; fire = next(before, fire)) {
      passed.insert(passed.end(), fire);
    }
    judge(fire == after.next_fire && !passed.empty(), [&] {
      return found("a schedule went on to what is not its next fire, which is at " + describe(fire),
                   describe(after), {});
    });
    const Fires wanted = wanted_of(*before.spec, passed, view.read);
    judge(made == wanted, [&] {
      Finding finding = found("of the fires that were due at " + describe(view.read) +
                                  ", others have a run than its policy says",
                              describe(after), {});
      finding.rows.push_back("runs for: " + text_of(made));
      finding.rows.push_back("expected: " + text_of(wanted));
      return finding;
    });
  }

  /// Of these fires, the ones that are to have their run.
  Fires wanted_of(const ScheduleSpec& spec, const Fires& passed, DbTime now) const {
    Fires wanted;
    std::uint32_t caught_up = 0;
    for (auto fire = passed.rbegin(); fire != passed.rend(); ++fire) {
      const bool missed = now - *fire > settings_.misfire_after;
      bool runs = !missed;
      if (missed && spec.catch_up == CatchUp::all) runs = caught_up++ < spec.cap;
      if (missed && spec.catch_up == CatchUp::latest) runs = wanted.empty();
      if (runs) wanted.insert(*fire);
    }
    return wanted;
  }

  void judge_beginning(const CommitView& view, const Schedule& row) {
    // It was computed a moment before the transaction read the clock.
    const DbTime first = row.next_fire;
    const DbTime from = first > view.read ? view.read : first - Duration(1);
    const bool is_next = row.spec->timing.kind == ScheduleKind::interval
                             ? first == next(row, view.read)
                             : first == next(row, from);
    judge(is_next, [&] {
      return found("a schedule begins with what is not its first fire", describe(row), {});
    });
  }

  static std::string text_of(const Fires& fires) {
    std::string text;
    for (const DbTime fire : fires) text += (text.empty() ? "" : ", ") + describe(fire);
    return text.empty() ? "none" : text;
  }

  static Finding found(std::string message, std::string row, RunId run) {
    return {{}, std::move(message), {std::move(row)}, run};
  }

  const Settings& settings_;
  ZonedCalendar calendar_;
  std::set<std::pair<ScheduleId, DbTime>> seen_;  ///< fires that have a run
  std::map<ScheduleId, Stopped> stopped_;         ///< paused or deleted
};

}  // namespace

std::unique_ptr<Checker> make_fires_once(Checker::Report report, const Settings& settings) {
  return std::make_unique<FiresOnce>(std::move(report), settings);
}

}  // namespace aftershock
