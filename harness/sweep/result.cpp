#include "harness/sweep/result.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/columns.h"

namespace aftershock::sweep {

using delta::Duration;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::array<std::string_view, 4> kEndings{"pass", "fail", "inconclusive", "crash"};
constexpr std::array<std::string_view, 4> kEnds{"complete", "budget", "first_failure",
                                                "interrupted"};
constexpr std::size_t kLongestReason = 400;

std::int64_t microseconds(Duration duration) {
  return std::chrono::floor<std::chrono::microseconds>(duration).count();
}

Duration microseconds_from(const Json& json) {
  return std::chrono::microseconds(json.at("us").get<std::int64_t>());
}

template <class Enum, std::size_t kCount>
Enum word(const Json& json, const std::array<std::string_view, kCount>& words) {
  const auto text = json.get<std::string>();
  const auto found = std::find(words.begin(), words.end(), text);
  if (found == words.end()) throw std::runtime_error("unknown word '" + text + "'");
  return static_cast<Enum>(found - words.begin());
}

Ending ending_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return Ending::pass;
    case Verdict::fail: return Ending::fail;
    case Verdict::inconclusive: return Ending::inconclusive;
    case Verdict::aborted: break;
  }
  return Ending::crash;
}

std::optional<SweepFigure> recovery(const RecoveryReport& rto) {
  if (rto.measured) return SweepFigure{rto.measured->upper};
  if (rto.objective.judgement == Judgement::not_measured) return std::nullopt;
  return SweepFigure{rto.watched, true};
}

/// An invariant that the reasons name: not one that the scenario wants broken.
const ViolationReport* first_failure(const DrillReport& report) {
  for (const ViolationReport& violation : report.violations) {
    const std::string prefix = "invariant " + violation.invariant + " violated: ";
    const auto names_it = [&](const std::string& reason) { return reason.starts_with(prefix); };
    if (std::ranges::any_of(report.reasons, names_it)) return &violation;
  }
  return nullptr;
}

void explain(const DrillReport& report, DrillResult& result) {
  for (const ViolationReport& violation : report.violations) {
    const auto known = std::ranges::find(result.broken, violation.invariant);
    if (known == result.broken.end()) result.broken.push_back(violation.invariant);
  }
  if (const ViolationReport* violation = first_failure(report)) {
    result.group = "invariant " + violation->invariant + " violated";
    result.why = violation->message;
  } else if (!report.reasons.empty()) {
    result.group = without_figures(report.reasons.front());
    result.why = report.reasons.front();
  }
  result.group = delta::cut(delta::one_line(result.group), kLongestReason);
  result.why = delta::cut(delta::one_line(result.why), kLongestReason);
}

Json json_of(const DrillResult& result) {
  Json json{{"scenario", result.key.scenario},
            {"seed", result.key.seed},
            {"end", kEndings.at(std::size_t(result.ending))},
            {"us", microseconds(result.wall)}};
  if (!result.digest.empty()) json["digest"] = result.digest;
  json["steps"] = result.steps;
  if (result.rta) json[result.rta->beyond ? "rta_beyond" : "rta"] = result.rta->value.count();
  if (result.rpa) json["rpa"] = result.rpa->count();
  if (!result.marks.empty()) json["marks"] = result.marks;
  if (result.ending == Ending::pass) return json;
  json["group"] = result.group;
  json["why"] = result.why;
  if (!result.broken.empty()) json["broken"] = result.broken;
  return json;
}

DrillKey key_of(const Json& json) {
  return {json.at("scenario").get<std::uint32_t>(), json.at("seed").get<std::uint64_t>()};
}

DrillResult result_from(const Json& json) {
  DrillResult result{.key = key_of(json)};
  result.ending = word<Ending>(json.at("end"), kEndings);
  result.wall = microseconds_from(json);
  result.digest = json.value("digest", "");
  result.steps = json.at("steps").get<std::uint64_t>();
  if (json.contains("rta")) result.rta = SweepFigure{Duration(json["rta"].get<std::int64_t>())};
  if (json.contains("rta_beyond")) {
    result.rta = SweepFigure{Duration(json["rta_beyond"].get<std::int64_t>()), true};
  }
  if (json.contains("rpa")) result.rpa = Duration(json["rpa"].get<std::int64_t>());
  if (json.contains("marks")) json["marks"].get_to(result.marks);
  if (result.ending == Ending::pass) return result;
  result.group = json.at("group").get<std::string>();
  result.why = json.at("why").get<std::string>();
  if (json.contains("broken")) json["broken"].get_to(result.broken);
  return result;
}

struct Writer {
  Json operator()(const DrillResult& result) const { return json_of(result); }
  Json operator()(const Recheck& recheck) const {
    return {{"scenario", recheck.key.scenario},
            {"seed", recheck.key.seed},
            {"digest", recheck.digest},
            {"again", recheck.again},
            {"us", microseconds(recheck.wall)}};
  }
  Json operator()(const Ended& ended) const {
    return {{"ended", name_of(ended.how)},
            {"host", ended.host},
            {"jobs", ended.jobs},
            {"us", microseconds(ended.wall)}};
  }
};

}  // namespace

std::string_view name_of(SweepEnd end) { return kEnds.at(std::size_t(end)); }

DrillResult result_of(DrillKey key, const DrillReport& report, Duration wall) {
  DrillResult result{.key = key, .ending = ending_of(report.verdict), .digest = report.digest};
  result.steps = report.steps;
  result.rta = recovery(report.rto);
  result.rpa = report.rpo.judged();
  for (const MarkReport& mark : report.marks) {
    if (mark.count > 0) result.marks.emplace(mark.name, mark.count);
  }
  result.wall = wall;
  if (result.ending != Ending::pass) explain(report, result);
  return result;
}

DrillResult crashed(DrillKey key, std::string why, Duration wall) {
  DrillResult result{.key = key, .ending = Ending::crash, .wall = wall};
  result.why = delta::cut(delta::one_line(why), kLongestReason);
  result.group = without_figures(result.why);
  return result;
}

std::string without_figures(std::string_view reason) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto in_word = [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  std::string out;
  for (std::size_t at = 0; at < reason.size();) {
    std::size_t end = at;
    const auto continues = [&](std::size_t i) {
      if (i >= reason.size()) return false;
      // "2m3.4s" is one word; the dot at the end of a sentence belongs to none.
      const bool inner_dot = reason[i] == '.' && i > at && is_digit(reason[i - 1]) &&
                             i + 1 < reason.size() && is_digit(reason[i + 1]);
      return in_word(reason[i]) || inner_dot;
    };
    while (continues(end)) ++end;
    if (end == at) {
      out += reason[at++];
      continue;
    }
    const std::string_view found = reason.substr(at, end - at);
    if (std::ranges::any_of(found, is_digit)) {
      out += '#';
    } else {
      out += found;
    }
    at = end;
  }
  return out;
}

std::string to_line(const Entry& entry) {
  return std::visit(Writer{}, entry).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::expected<Entry, std::string> from_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::unexpected("it is not a JSON object");
  try {
    if (json.contains("ended")) {
      return Ended{word<SweepEnd>(json["ended"], kEnds), json.at("host").get<std::string>(),
                   json.at("jobs").get<std::uint32_t>(), microseconds_from(json)};
    }
    if (!json.contains("again")) return result_from(json);
    return Recheck{key_of(json), json.at("digest").get<std::string>(),
                   json.at("again").get<std::string>(), microseconds_from(json)};
  } catch (const std::exception& error) {
    return std::unexpected(std::string("it is not an entry of a journal: ") + error.what());
  }
}

}  // namespace aftershock::sweep
