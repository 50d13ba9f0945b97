#include "reports/trace_text.h"

#include <algorithm>

#include "reports/figures.h"
#include "reports/terminal.h"
#include "reports/text.h"

namespace aftershock {

namespace {

std::string right(const std::string& text, std::size_t width) {
  return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

/// What stands out, and what steps back: the chatter of a healthy system.
const char* colour_of(const TraceEvent& event) {
  switch (event.kind) {
    case TraceKind::violation: return "\033[1;31m";
    case TraceKind::fault: return "\033[31m";
    case TraceKind::runbook: return "\033[36m";
    case TraceKind::alert: return "\033[33m";
    case TraceKind::process:
    case TraceKind::database: return "\033[35m";
    case TraceKind::canary: return event.what == "ok" ? "\033[32m" : "\033[31m";
    case TraceKind::phase:
    case TraceKind::verdict: return "\033[1m";
    case TraceKind::answer: return event.what == "ok" ? "\033[2m" : "";
    case TraceKind::request:
    case TraceKind::queue:
    case TraceKind::network: return "\033[2m";
    case TraceKind::commit: return "";
  }
  return "";
}

}  // namespace

TraceLines::TraceLines(const Trace& trace, const TraceFilter& filter, const TraceStyle& style)
    : style_(style) {
  const auto widen = [](std::size_t& width, std::string_view text) {
    width = std::max(width, text.size());
  };
  for (const TraceEvent& event : trace.events) {
    if (!filter.matches(event)) continue;
    widen(time_width_, delta::format_seconds(event.at));
    widen(place_width_, place_of(event));
    widen(kind_width_, name_of(event.kind));
    widen(subject_width_, subject_of(event));
  }
}

std::string TraceLines::plain(const TraceEvent& event) const {
  std::string line = right(delta::format_seconds(event.at), time_width_);
  const auto add = [&line](std::string_view cell, std::size_t width) {
    if (width > 0) line += "  " + padded(cell, width);
  };
  add(place_of(event), place_width_);
  add(name_of(event.kind), kind_width_);
  add(subject_of(event), subject_width_);
  return line + "  " + one_line(event.text);
}

bool TraceLines::is_cut(const TraceEvent& event) const {
  return !style_.log && text_width(plain(event)) > style_.width;
}

std::string TraceLines::line(const TraceEvent& event) const {
  std::string line = plain(event);
  if (!style_.log) line = cut(line, style_.width);
  const std::string colour = style_.colour ? colour_of(event) : "";
  return colour.empty() ? line : colour + line + "\033[0m";
}

TraceCount write_text(const Trace& trace, const TraceFilter& filter, const TraceStyle& style,
                      std::ostream& out) {
  const TraceLines lines(trace, filter, style);
  TraceCount count;
  for (const TraceEvent& event : trace.events) {
    if (!filter.matches(event)) continue;
    ++count.events;
    if (lines.is_cut(event)) ++count.cut;
    out << lines.line(event) << "\n";
  }
  return count;
}

std::string trace_summary(const DrillReport& report, const Trace& trace, const TraceCount& count,
                          const TraceStyle& style) {
  const std::size_t width = style.log ? kLogWidth : style.width;
  const std::size_t left = width - verdict_text(report.verdict, false).size() - 1;
  std::string out = verdict_text(report.verdict, style.colour) + " " +
                    cut(one_line(report.scenario + ": " + report.title), left) + "\n";
  out += wrapped("    ",
                 one_line(report.world + ", seed " + std::to_string(report.seed) + ": RTA " +
                          format_recovery(report.rto) + ", digest " + report.digest + " of " +
                          std::to_string(report.steps) + " steps"),
                 width);
  for (const std::string& reason : report.reasons) {
    out += wrapped("  - ", one_line(reason), width);
  }
  std::string shown =
      std::to_string(count.events) + " of " + std::to_string(trace.events.size()) + " events";
  if (count.cut > 0) shown += "; lines were cut: a pipe or --out FILE gets them whole";
  return out + wrapped("    ", shown, width);
}

}  // namespace aftershock
