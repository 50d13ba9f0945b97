// The drill itself as spans: phases, faults, the way back, the runbook, alerts, canaries.
#include <algorithm>

#include "reports/text.h"
#include "reports/timeline.h"

namespace aftershock {

namespace {

struct DrillTracks {
  const Trace& trace;
  const DrillReport& report;
  Timeline& timeline;

  Track& track(const char* name) const { return timeline.group("drill").track(name); }
  /// A copy on each host that takes part.
  void add_fault(const TraceEvent& event, const Span& span) const {
    track("faults").spans.push_back(span);
    for (const std::string& host : event.others) {
      timeline.group(host).track("faults").spans.push_back(span);
    }
  }
  /// [request, confirmation] of the fault that was the first to take effect.
  std::optional<Bounds> first_effect() const {
    std::optional<Bounds> first;
    for (const FaultReport& fault : report.faults) {
      const bool sooner = fault.effective && (!first || fault.effective->lower < first->lower);
      if (sooner) first = fault.effective;
    }
    return first;
  }

  void phases() const;
  void faults() const;
  void fault(const TraceEvent& event, OpenSpans& open) const;
  void way_back() const;
  void runbook() const;
  void alerts() const;
  void canaries() const;
  void violations() const;
};

void DrillTracks::phases() const {
  std::vector<Span>& spans = track("phases").spans;
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceKind::phase) continue;
    if (!spans.empty()) spans.back().end = event.at;
    spans.push_back({event.what, event.at, timeline.end});
  }
}

/// From the request until the fault is over. One that just happens lasts until it is confirmed.
void DrillTracks::fault(const TraceEvent& event, OpenSpans& open) const {
  const std::string key = std::to_string(event.value.value_or(0));
  if (event.what == "request") {
    open.begin(key, {event.subject, event.at, event.at, {{"requested", event.text}}});
    return;
  }
  Span* span = open.find(key);
  if (span == nullptr) return;
  span->args[event.what] = event.text;
  const bool shows = event.what == "effect" || event.what == "no_effect";
  if (shows) span->parts.push_back({"until confirmed", span->begin, event.at});
  const bool healed = std::ranges::any_of(trace.events, [&event](const TraceEvent& other) {
    return other.kind == TraceKind::fault && other.what == "heal" && other.value == event.value;
  });
  if (healed && event.what != "heal") return;
  if (const auto ended = open.end(key, event.at)) add_fault(event, *ended);
}

void DrillTracks::faults() const {
  OpenSpans open;
  for (const TraceEvent& event : trace.events) {
    if (event.kind == TraceKind::fault) fault(event, open);
  }
  for (auto& [key, span] : open.end_all(timeline.end)) {
    track("faults").spans.push_back(std::move(span));
  }
}

/// All begin at t0, so that each lies within the next longer one.
void DrillTracks::way_back() const {
  const auto t0 = first_effect();
  if (!t0) return;
  const PhaseReport& phases = report.phases;
  std::vector<Span> spans;
  const auto add = [&](const std::string& name, const std::optional<Duration>& after) {
    if (after) spans.push_back({name + " " + rounded_up(*after), t0->lower, t0->lower + *after});
  };
  add("detect", phases.detected);
  add("decide", phases.decided);
  add("restore", phases.restored);
  add("serve", phases.served);
  add("drained", phases.drained);
  if (report.rto.measured) add("RTA", report.rto.measured->upper);
  std::ranges::stable_sort(spans, std::greater{}, &Span::end);
  if (spans.empty()) return;
  Span outermost = std::move(spans.front());
  outermost.parts.assign(std::make_move_iterator(spans.begin() + 1),
                         std::make_move_iterator(spans.end()));
  track("recovery").spans.push_back(std::move(outermost));
  if (!phases.first_failure) return;
  const Duration end = phases.served ? t0->lower + *phases.served : timeline.end;
  const Duration begin = t0->lower + *phases.first_failure;
  track("outage").spans.push_back({"no service", begin, std::max(begin, end)});
}

void DrillTracks::runbook() const {
  OpenSpans open;
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceKind::runbook) continue;
    if (event.what == "trigger") {
      open.begin(event.subject, {event.subject, event.at, event.at, {{"trigger", event.text}}});
    }
    Span* span = open.find(event.subject);
    if (span == nullptr) continue;
    if (event.what == "begin") {
      span->parts.push_back({"assumed delay", span->begin, event.at});
      span->parts.push_back({"work", event.at, event.at});
    }
    if (event.what != "end") continue;
    span->args["end"] = event.text;
    if (!span->parts.empty()) span->parts.back().end = event.at;
    track("runbook").spans.push_back(*open.end(event.subject, event.at));
  }
  for (auto& [key, span] : open.end_all(timeline.end)) {
    if (!span.parts.empty()) span.parts.back().end = timeline.end;
    track("runbook").spans.push_back(std::move(span));
  }
}

void DrillTracks::alerts() const {
  OpenSpans open;
  std::vector<Span>& spans = track("alerts").spans;
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceKind::alert) continue;
    if (event.what == "fire") {
      open.begin(event.subject, {event.subject, event.at, event.at, {{"fired", event.text}}});
    } else if (auto ended = open.end(event.subject, event.at)) {
      spans.push_back(std::move(*ended));
    }
  }
  for (auto& [key, span] : open.end_all(timeline.end)) spans.push_back(std::move(span));
}

void DrillTracks::canaries() const {
  Counter good{"canary good"};
  Counter latency{"canary milliseconds"};
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceKind::canary) continue;
    const Duration took(event.value.value_or(0));
    track("canary").spans.push_back({event.what, event.at - took, event.at});
    good.values.emplace_back(event.at, event.what == "ok" ? 1 : 0);
    latency.values.emplace_back(event.at, took / std::chrono::milliseconds(1));
  }
  timeline.counters.push_back(std::move(good));
  timeline.counters.push_back(std::move(latency));
}

void DrillTracks::violations() const {
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceKind::violation) continue;
    track("violations").instants.push_back({event.subject, event.at, {{"what", event.text}}});
  }
}

}  // namespace

void add_drill(const Trace& trace, const DrillReport& report, Timeline& timeline) {
  const DrillTracks tracks{trace, report, timeline};
  tracks.phases();
  tracks.faults();
  tracks.way_back();
  tracks.runbook();
  tracks.alerts();
  tracks.canaries();
  tracks.violations();
}

}  // namespace aftershock
