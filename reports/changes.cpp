#include "reports/changes.h"

#include <algorithm>

#include "reports/figures.h"
#include "reports/words.h"

namespace aftershock {
namespace {

const DrillReport* find(const Report& report, const DrillReport& wanted) {
  const auto found = std::ranges::find_if(report.drills, [&wanted](const DrillReport& drill) {
    return drill.scenario == wanted.scenario && drill.system == wanted.system &&
           drill.world == wanted.world;
  });
  return found == report.drills.end() ? nullptr : &*found;
}

/// Verdicts and judgements stand from good to bad in their enums, but for the last of judgements.
bool is_worse(Judgement before, Judgement now) {
  return now != Judgement::not_measured && before != Judgement::not_measured && now > before;
}

bool is_worse(const RecoveryReport& before, const RecoveryReport& now) {
  if (is_worse(before.objective.judgement, now.objective.judgement)) return true;
  return before.measured && now.measured && grew(before.measured->upper, now.measured->upper);
}

bool is_worse(const LossReport& before, const LossReport& now) {
  if (is_worse(before.objective.judgement, now.objective.judgement)) return true;
  return before.judged() && now.judged() && grew(*before.judged(), *now.judged());
}

void compare(const DrillReport& before, const DrillReport& now, ChangesReport& to) {
  const auto note = [&](ChangeKind kind, const std::string& was, const std::string& is,
                        bool worse) {
    if (was != is) to.changes.push_back({now.scenario, kind, was, is, worse});
  };
  constexpr std::size_t kShown = 12;
  note(ChangeKind::scenario, before.sha256.substr(0, kShown), now.sha256.substr(0, kShown), false);
  note(ChangeKind::verdict, std::string(name_of(before.verdict)), std::string(name_of(now.verdict)),
       now.verdict != Verdict::pass);
  note(ChangeKind::rta, rto_figure(before.rto), rto_figure(now.rto), is_worse(before.rto, now.rto));
  note(ChangeKind::rpa, loss_figure(before.rpo), loss_figure(now.rpo),
       is_worse(before.rpo, now.rpo));
}

}  // namespace

bool grew(Duration before, Duration now) { return now > before + before / 10; }

ChangesReport changes_since(const Report& before, const Report& now) {
  ChangesReport result{.since = before.occasion.began, .exercise = before.occasion.exercise};
  for (const DrillReport& drill : now.drills) {
    if (find(now, drill) != &drill) continue;
    if (const DrillReport* old = find(before, drill)) {
      compare(*old, drill, result);
    } else {
      result.changes.push_back(
          {drill.scenario, ChangeKind::added, "", std::string(name_of(drill.verdict))});
    }
  }
  for (const DrillReport& drill : before.drills) {
    if (find(before, drill) != &drill || find(now, drill) != nullptr) continue;
    result.changes.push_back(
        {drill.scenario, ChangeKind::removed, std::string(name_of(drill.verdict)), ""});
  }
  return result;
}

}  // namespace aftershock
