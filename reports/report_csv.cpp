#include "reports/report_csv.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "reports/seconds.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock {
namespace {

/// A text in quotes, where a spreadsheet would take it apart or for a formula.
std::string cell(const std::string& text) {
  std::string out = one_line(text);
  if (!out.empty() && std::string_view("=+-@").contains(out.front())) out.insert(0, "'");
  if (out.find_first_of(",\"") == std::string::npos) return out;
  for (std::size_t at = 0; (at = out.find('"', at)) != std::string::npos; at += 2) {
    out.insert(at, "\"");
  }
  return "\"" + out + "\"";
}

std::string seconds(const std::optional<Duration>& time) { return time ? seconds_text(*time) : ""; }

using Column = std::pair<const char*, std::string>;
using Columns = std::vector<Column>;

void add(Columns& to, Columns more) { std::ranges::move(more, std::back_inserter(to)); }

Columns identity(const DrillReport& drill) {
  return {{"scenario", cell(drill.scenario)},
          {"system", cell(drill.system)},
          {"title", cell(drill.title)},
          {"document", cell(drill.document)},
          {"section", cell(drill.section)},
          {"world", cell(drill.world)},
          {"seed", std::to_string(drill.seed)},
          {"schedule", cell(drill.schedule)},
          {"verdict", std::string(name_of(drill.verdict))}};
}

Columns recovery(const RecoveryReport& rto) {
  const auto bound = [&rto](Duration Bounds::* which) {
    return rto.measured ? seconds_text((*rto.measured).*which) : "";
  };
  const bool unseen = !rto.measured && rto.objective.judgement != Judgement::not_measured;
  return {{"rto_target_s", seconds_text(rto.objective.target)},
          {"rto_max_s", seconds_text(rto.objective.max)},
          {"rta_lower_s", bound(&Bounds::lower)},
          {"rta_upper_s", bound(&Bounds::upper)},
          {"rta_longer_than_s", unseen ? seconds_text(rto.watched) : ""},
          {"rta_assumed_s", seconds_text(rto.assumed)},
          {"rto_judgement", std::string(name_of(rto.objective.judgement))}};
}

Columns loss(const LossReport& rpo) {
  return {{"rpo_target_s", seconds_text(rpo.objective.target)},
          {"rpo_max_s", seconds_text(rpo.objective.max)},
          {"rpa_s", seconds(rpo.judged())},
          {"rpo_judgement", std::string(name_of(rpo.objective.judgement))},
          {"acknowledged", std::to_string(rpo.acknowledged)},
          {"lost", std::to_string(rpo.lost)},
          {"lost_after_t0", std::to_string(rpo.lost_after_t0)},
          {"unknown", std::to_string(rpo.unknown)},
          {"duplicated", std::to_string(rpo.duplicated)},
          {"dangling", std::to_string(rpo.dangling)}};
}

Columns phases(const PhaseReport& phases) {
  return {{"detected_s", seconds(phases.detected)},
          {"first_failure_s", seconds(phases.first_failure)},
          {"last_failure_s", seconds(phases.last_failure)},
          {"decided_s", seconds(phases.decided)},
          {"restored_s", seconds(phases.restored)},
          {"served_s", seconds(phases.served)},
          {"drained_s", seconds(phases.drained)}};
}

Columns evidence(const DrillReport& drill) {
  const auto violated =
      std::ranges::count(drill.invariants, InvariantStatus::violated, &InvariantReport::status);
  return {{"invariants_violated", std::to_string(violated)},
          {"digest", cell(drill.digest)},
          {"sha256", cell(drill.sha256)}};
}

Columns columns_of(const DrillReport& drill) {
  Columns columns = identity(drill);
  add(columns, recovery(drill.rto));
  add(columns, loss(drill.rpo));
  add(columns, phases(drill.phases));
  add(columns, evidence(drill));
  return columns;
}

template <class Part>
std::string line(const Columns& columns, Part part) {
  std::string out;
  for (const Column& column : columns) out += (out.empty() ? "" : ",") + std::string(part(column));
  return out + "\r\n";
}

}  // namespace

std::string format_csv(const Report& report) {
  std::string out = line(columns_of({}), [](const Column& column) { return column.first; });
  for (const DrillReport& drill : report.drills) {
    out += line(columns_of(drill), [](const Column& column) { return column.second; });
  }
  return out;
}

}  // namespace aftershock
