#include "reports/report_prometheus.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "reports/seconds.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : one_line(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string labels(const DrillReport& drill, const std::string& more) {
  return "{scenario=" + quoted(drill.scenario) + ",system=" + quoted(drill.system) +
         ",world=" + quoted(drill.world) + ",seed=\"" + std::to_string(drill.seed) + "\"" + more +
         "}";
}

/// A value of a drill under a metric; nothing that was not measured has one.
struct Sample {
  std::string more;  ///< labels
  std::optional<std::string> value;
};
using Samples = std::vector<Sample>;

struct Gauge {
  const char* name;
  const char* help;
  std::function<Samples(const DrillReport&)> samples;
};

Sample bound(const char* word, const std::optional<Duration>& time) {
  return {",bound=\"" + std::string(word) + "\"",
          time ? std::optional(seconds_text(*time)) : std::nullopt};
}

Sample count(std::uint64_t value) { return {"", std::to_string(value)}; }

Samples verdicts(const DrillReport& drill) {
  Samples samples;
  for (std::size_t i = 0; i < kVerdictNames.size(); ++i) {
    samples.push_back({",verdict=\"" + std::string(kVerdictNames.at(i)) + "\"",
                       static_cast<Verdict>(i) == drill.verdict ? "1" : "0"});
  }
  return samples;
}

Samples judgements(const ObjectiveReport& objective) {
  Samples samples;
  for (std::size_t i = 0; i < kJudgementNames.size(); ++i) {
    samples.push_back({",judgement=\"" + std::string(kJudgementNames.at(i)) + "\"",
                       static_cast<Judgement>(i) == objective.judgement ? "1" : "0"});
  }
  return samples;
}

Samples measured(const RecoveryReport& rto) {
  if (!rto.measured) return {};
  return {bound("lower", rto.measured->lower), bound("upper", rto.measured->upper)};
}

Samples aims(const ObjectiveReport& objective) {
  return {bound("target", objective.target), bound("max", objective.max)};
}

const std::vector<Gauge>& gauges() {
  static const std::vector<Gauge> all{
      {"aftershock_drill_verdict", "1 for the verdict that the drill has.", verdicts},
      {"aftershock_drill_rto_seconds", "Recovery time objective.",
       [](const DrillReport& drill) { return aims(drill.rto.objective); }},
      {"aftershock_drill_rta_seconds", "Recovery time actual; the upper bound is judged.",
       [](const DrillReport& drill) { return measured(drill.rto); }},
      {"aftershock_drill_rto_judgement", "1 for how the recovery time is judged.",
       [](const DrillReport& drill) { return judgements(drill.rto.objective); }},
      {"aftershock_drill_rpo_judgement", "1 for how the recovery point is judged.",
       [](const DrillReport& drill) { return judgements(drill.rpo.objective); }},
      {"aftershock_drill_rta_assumed_seconds", "Part of the recovery time that is assumed.",
       [](const DrillReport& drill) { return Samples{{"", seconds_text(drill.rto.assumed)}}; }},
      {"aftershock_drill_rpo_seconds", "Recovery point objective.",
       [](const DrillReport& drill) { return aims(drill.rpo.objective); }},
      {"aftershock_drill_rpa_seconds", "Recovery point actual.",
       [](const DrillReport& drill) {
         const auto judged = drill.rpo.judged();
         return Samples{{"", judged ? std::optional(seconds_text(*judged)) : std::nullopt}};
       }},
      {"aftershock_drill_lost_writes", "Acknowledged writes that were gone at the end.",
       [](const DrillReport& drill) { return Samples{count(drill.rpo.lost)}; }},
      {"aftershock_drill_violated_invariants", "Invariants that broke.",
       [](const DrillReport& drill) {
         return Samples{count(static_cast<std::uint64_t>(std::ranges::count(
             drill.invariants, InvariantStatus::violated, &InvariantReport::status)))};
       }}};
  return all;
}

}  // namespace

std::string format_prometheus(const Report& report) {
  std::string out;
  for (const Gauge& gauge : gauges()) {
    const std::string name(gauge.name);
    out += "# HELP " + name + " " + gauge.help + "\n# TYPE " + name + " gauge\n";
    for (const DrillReport& drill : report.drills) {
      for (const Sample& sample : gauge.samples(drill)) {
        if (sample.value) out += name + labels(drill, sample.more) + " " + *sample.value + "\n";
      }
    }
  }
  return out;
}

}  // namespace aftershock
