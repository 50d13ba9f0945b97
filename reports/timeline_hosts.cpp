// What happened on each host as spans: its processes, its calls, its outages, and moments.
#include "reports/timeline.h"

namespace aftershock {

namespace {

class HostTracks {
 public:
  explicit HostTracks(Timeline& timeline) : timeline_(timeline) {}

  void add(const TraceEvent& event) {
    switch (event.kind) {
      case TraceKind::process: return add_process(event);
      case TraceKind::database: return add_database(event);
      case TraceKind::request: return begin_call(event);
      case TraceKind::answer: return end_call(event);
      case TraceKind::queue: return add_instant(event, "entries");
      case TraceKind::network: return add_instant(event, "network");
      case TraceKind::commit: return add_instant(event, "commits");
      case TraceKind::phase:
      case TraceKind::fault:
      case TraceKind::runbook:
      case TraceKind::alert:
      case TraceKind::canary:
      case TraceKind::violation:
      case TraceKind::verdict: return;
    }
  }

  void finish() {
    for (const auto& [host, span] : pauses_.end_all(timeline_.end)) {
      if (Span* process = processes_.find(host)) process->parts.push_back(span);
    }
    for (auto& [host, span] : processes_.end_all(timeline_.end)) {
      track(host, "process").spans.push_back(std::move(span));
    }
    for (auto& [host, span] : outages_.end_all(timeline_.end)) {
      track(host, "outages").spans.push_back(std::move(span));
    }
    for (auto& [call, span] : calls_.end_all(timeline_.end)) {
      track(callers_.at(call), "calls").spans.push_back(std::move(span));
    }
  }

 private:
  Track& track(const std::string& host, const char* name) {
    return timeline_.group(host).track(name);
  }

  void add_instant(const TraceEvent& event, const char* name) {
    if (event.host.empty()) return;
    std::map<std::string, std::string> args{{"text", event.text}};
    if (!event.about.empty()) args["about"] = subject_of(event);
    track(event.host, name).instants.push_back({event.what, event.at, std::move(args)});
  }

  void add_process(const TraceEvent& event) {
    if (event.what == "start") {
      processes_.begin(event.host,
                       {"process " + std::to_string(event.incarnation), event.at, event.at});
      return;
    }
    if (event.what == "pause") {
      pauses_.begin(event.host, {"stands still", event.at, event.at});
      return;
    }
    auto pause = pauses_.end(event.host, event.at);
    Span* process = processes_.find(event.host);
    if (process == nullptr) return;
    if (pause) process->parts.push_back(std::move(*pause));
    if (event.what == "end") end_process(event);
  }

  /// With it end its calls: nobody waits for their answers.
  void end_process(const TraceEvent& event) {
    Span process = *processes_.end(event.host, event.at);
    process.args["end"] = event.text;
    track(event.host, "process").spans.push_back(std::move(process));
    for (const auto& [call, host] : std::exchange(callers_, {})) {
      if (host != event.host) {
        callers_.emplace(call, host);
      } else if (auto ended = calls_.end(call, event.at)) {
        ended->args["answer"] = "none: the process ended";
        track(host, "calls").spans.push_back(std::move(*ended));
      }
    }
  }

  void add_database(const TraceEvent& event) {
    if (event.what == "down") {
      outages_.begin(event.host, {"takes no connections", event.at, event.at});
    } else if (event.what == "up") {
      if (auto ended = outages_.end(event.host, event.at)) {
        track(event.host, "outages").spans.push_back(std::move(*ended));
      }
    } else if (event.what != "lost_row") {
      add_instant(event, "history");
    }
  }

  void begin_call(const TraceEvent& event) {
    Span call{event.what, event.at, event.at, {{"request", event.text}}};
    if (!event.about.empty()) call.args["about"] = subject_of(event);
    calls_.begin(event.subject, std::move(call));
    callers_[event.subject] = event.host;
  }

  void end_call(const TraceEvent& event) {
    auto call = calls_.end(event.subject, event.at);
    if (!call) return;
    callers_.erase(event.subject);
    call->args["answer"] = event.text;
    if (event.what != "ok") call->name += ": " + event.what;
    track(event.host, "calls").spans.push_back(std::move(*call));
  }

  Timeline& timeline_;
  OpenSpans processes_;  ///< by host, as are pauses and outages
  OpenSpans pauses_;
  OpenSpans outages_;
  OpenSpans calls_;                             ///< by their number
  std::map<std::string, std::string> callers_;  ///< the hosts of the open ones
};

}  // namespace

void add_hosts(const Trace& trace, Timeline& timeline) {
  HostTracks tracks(timeline);
  for (const TraceEvent& event : trace.events) tracks.add(event);
  tracks.finish();
}

}  // namespace aftershock
