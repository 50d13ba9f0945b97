#include "reports/trace.h"

#include <algorithm>

namespace aftershock {

namespace {

bool is_at(const TraceEvent& event, const std::string& host) {
  return event.host == host || std::ranges::find(event.others, host) != event.others.end();
}

bool is_about(const TraceEvent& event, const std::string& run) {
  return std::ranges::any_of(event.about, [&run](const delta::AttemptRef& ref) {
    return to_string(ref.run).starts_with(run);
  });
}

}  // namespace

std::string place_of(const TraceEvent& event) {
  if (event.incarnation <= 1) return event.host;
  return event.host + "#" + std::to_string(event.incarnation);
}

std::string subject_of(const TraceEvent& event) {
  if (event.about.empty()) return "";
  const delta::AttemptRef& first = event.about.front();
  std::string text = short_name(first.run);
  if (!first.attempt.is_nil()) text += "/" + std::to_string(first.job);
  if (event.about.size() > 1) text += " +" + std::to_string(event.about.size() - 1);
  return text;
}

bool TraceFilter::matches(const TraceEvent& event) const {
  const auto none_or_any = [&event](const auto& wanted, auto fits) {
    return wanted.empty() ||
           std::ranges::any_of(wanted, [&](const auto& each) { return fits(event, each); });
  };
  return (!from || event.at >= *from) && (!until || event.at <= *until) &&
         none_or_any(kinds, [](const TraceEvent& it, TraceKind kind) { return it.kind == kind; }) &&
         none_or_any(hosts, is_at) && none_or_any(runs, is_about);
}

}  // namespace aftershock
