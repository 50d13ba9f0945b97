// A trace as JSON lines.
#include <nlohmann/json.hpp>

#include "reports/trace_text.h"
#include "reports/words.h"

namespace aftershock {

namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json to_json(const delta::AttemptRef& ref) {
  Json json = {{"run", to_string(ref.run)}};
  if (ref.attempt.is_nil()) return json;
  json["job"] = ref.job;
  json["attempt"] = to_string(ref.attempt);
  return json;
}

Json to_json(const TraceEvent& event) {
  Json json = {{"ns", event.at.count()}, {"time", delta::format_seconds(event.at)}};
  const auto add = [&json](const char* key, const auto& value) {
    if (!value.empty()) json[key] = value;
  };
  if (event.step > 0) json["step"] = event.step;
  json["kind"] = name_of(event.kind);
  json["what"] = event.what;
  add("host", event.host);
  if (event.incarnation > 0) json["incarnation"] = event.incarnation;
  add("others", event.others);
  add("subject", event.subject);
  for (const delta::AttemptRef& ref : event.about) json["about"].push_back(to_json(ref));
  add("from", event.from);
  add("to", event.to);
  if (event.value) json["value"] = *event.value;
  add("text", event.text);
  return json;
}

}  // namespace

TraceCount write_json_lines(const Trace& trace, const TraceFilter& filter,
                            const DrillReport& report, std::ostream& out) {
  const Json head = {{"format", "aftershock-trace"},    {"version", 1},
                     {"scenario", report.scenario},     {"path", report.path},
                     {"world", report.world},           {"seed", report.seed},
                     {"digest", report.digest},         {"verdict", name_of(report.verdict)},
                     {"begin_ns", trace.begin.count()}, {"hosts", trace.hosts}};
  out << dumped(head) << "\n";
  TraceCount count;
  for (const TraceEvent& event : trace.events) {
    if (!filter.matches(event)) continue;
    ++count.events;
    out << dumped(to_json(event)) << "\n";
  }
  return count;
}

}  // namespace aftershock
