// Delta CI's work as spans: runs, waits in the queue, leases on their runners; and its counters.
#include <set>

#include "core/states.h"
#include "reports/timeline.h"

namespace aftershock {

namespace {

using delta::AttemptState;

constexpr Duration kThroughputWindow = std::chrono::seconds(10);

bool is_any_of(const std::string& state, std::initializer_list<AttemptState> states) {
  for (const AttemptState each : states) {
    if (state == name_of(each)) return true;
  }
  return false;
}

bool is_live(const std::string& state) {
  return is_any_of(state, {AttemptState::leased, AttemptState::starting, AttemptState::running,
                           AttemptState::uploading, AttemptState::cancel_requested});
}

bool is_terminal_run(const std::string& state) {
  using delta::RunState;
  for (const RunState each :
       {RunState::succeeded, RunState::failed, RunState::timed_out, RunState::cancelled}) {
    if (state == name_of(each)) return true;
  }
  return false;
}

class WorkTracks {
 public:
  explicit WorkTracks(Timeline& timeline) : timeline_(timeline) {}

  void add(const TraceEvent& event) {
    if (event.kind == TraceKind::queue) depth_.values.emplace_back(event.at, *event.value);
    const bool lost = event.kind == TraceKind::database && event.what == "lost_row";
    if ((event.kind != TraceKind::commit && !lost) || event.about.empty()) return;
    const delta::AttemptRef& ref = event.about.front();
    if (ref.attempt.is_nil()) {
      add_run(event, to_string(ref.run), lost);
    } else {
      add_attempt(event, to_string(ref.attempt), lost);
    }
  }

  void finish() {
    for (auto& [key, span] : runs_.end_all(timeline_.end)) keep(work("runs"), std::move(span));
    for (auto& [key, span] : waits_.end_all(timeline_.end)) keep(work("queued"), std::move(span));
    for (auto& [key, span] : leases_.end_all(timeline_.end)) end_lease(key, std::move(span), "");
    add_throughput();
    for (Counter* counter : {&depth_, &live_count_, &throughput_}) {
      timeline_.counters.push_back(std::move(*counter));
    }
  }

 private:
  Track& work(const char* name) { return timeline_.group("work").track(name); }
  static void keep(Track& track, Span span) { track.spans.push_back(std::move(span)); }

  void add_run(const TraceEvent& event, const std::string& run, bool lost) {
    if (event.what == "submit" && runs_.find(run) == nullptr) {
      runs_.begin(run, {subject_of(event), event.at, event.at, {{"run", run}}});
    }
    if (!lost && !is_terminal_run(event.to)) return;
    if (auto ended = runs_.end(run, event.at)) {
      ended->args["state"] = lost ? "lost with the rows" : event.to;
      keep(work("runs"), std::move(*ended));
    }
  }

  void add_attempt(const TraceEvent& event, const std::string& attempt, bool lost) {
    if (event.to.empty() && !lost) return;  // refused
    if (auto waited = waits_.end(attempt, event.at)) keep(work("queued"), std::move(*waited));
    if (is_any_of(event.to, {AttemptState::queued})) {
      Span wait{subject_of(event), event.at, event.at, {{"attempt", attempt}}};
      wait.flow_to = attempt;
      waits_.begin(attempt, std::move(wait));
    }
    const bool live = is_live(event.to);
    count(attempt, live, event.at);
    if (live) {
      go_on(event, attempt);
    } else if (auto ended = leases_.end(attempt, event.at)) {
      ++ended_[window_of(event.at)];
      end_lease(attempt, std::move(*ended), lost ? "lost with the rows" : event.to);
    }
  }

  /// The lease has come to its next state.
  void go_on(const TraceEvent& event, const std::string& attempt) {
    Span* lease = leases_.find(attempt);
    if (lease == nullptr) {
      Span begun{subject_of(event), event.at, event.at, {{"attempt", attempt}}};
      if (event.value) begun.args["epoch"] = std::to_string(*event.value);
      begun.flow_from = attempt;
      leases_.begin(attempt, std::move(begun));
      lease = leases_.find(attempt);
      if (!event.others.empty()) hosts_[attempt] = event.others.front();
    }
    if (!lease->parts.empty()) lease->parts.back().end = event.at;
    lease->parts.push_back({event.to, event.at, event.at});
  }

  void end_lease(const std::string& attempt, Span lease, const std::string& state) {
    if (!state.empty()) lease.args["state"] = state;
    if (!lease.parts.empty()) lease.parts.back().end = lease.end;
    const auto host = hosts_.find(attempt);
    TrackGroup& group = timeline_.group(host != hosts_.end() ? host->second : "work");
    keep(group.track("leases"), std::move(lease));
  }

  void count(const std::string& attempt, bool live, Duration at) {
    const std::size_t before = live_.size();
    if (live) {
      live_.insert(attempt);
    } else {
      live_.erase(attempt);
    }
    if (live_.size() == before) return;
    live_count_.values.emplace_back(at, static_cast<std::int64_t>(live_.size()));
  }

  Duration window_of(Duration at) const { return at - (at - timeline_.begin) % kThroughputWindow; }

  /// Windows in which nothing ended count too.
  void add_throughput() {
    for (Duration at = timeline_.begin; at <= timeline_.end; at += kThroughputWindow) {
      throughput_.values.emplace_back(at, ended_[at]);
    }
  }

  Timeline& timeline_;
  OpenSpans runs_;
  OpenSpans waits_;
  OpenSpans leases_;
  std::map<std::string, std::string> hosts_;  ///< of the leases' runners
  std::set<std::string> live_;
  std::map<Duration, std::int64_t> ended_;  ///< leases, by window
  Counter depth_{"queue depth"};
  Counter live_count_{"active leases"};
  Counter throughput_{"leases ended in 10 s"};
};

}  // namespace

void add_work(const Trace& trace, Timeline& timeline) {
  WorkTracks tracks(timeline);
  for (const TraceEvent& event : trace.events) tracks.add(event);
  tracks.finish();
}

}  // namespace aftershock
