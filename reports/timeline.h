// A trace as spans on tracks: what a trace viewer shows. Drawn from the events and the report.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reports/report.h"
#include "reports/trace.h"

namespace aftershock {

struct Span {
  std::string name;
  Duration begin{};
  Duration end{};                                ///< not before `begin`
  std::map<std::string, std::string> args = {};  ///< what a click on it shows
  std::vector<Span> parts = {};  ///< within it, one after another or within one another
  std::string flow_to = {};      ///< an arrow goes from its begin to the span that ...
  std::string flow_from = {};    ///< ... has the same word here; unique among spans
};

struct Instant {
  std::string name;
  Duration at{};
  std::map<std::string, std::string> args = {};
};

/// Spans that overlap get lanes of their own.
struct Track {
  std::string name;
  std::vector<Span> spans = {};
  std::vector<Instant> instants = {};
};

/// What happened in one place: a host, the drill itself, the work.
struct TrackGroup {
  std::string name;
  std::vector<Track> tracks = {};

  Track& track(const std::string& name);  ///< made when it is new
};

struct Counter {
  std::string name;
  std::vector<std::pair<Duration, std::int64_t>> values = {};  ///< in order of time
};

struct Timeline {
  Duration begin{};
  Duration end{};
  std::vector<TrackGroup> groups;
  std::vector<Counter> counters;

  TrackGroup& group(const std::string& name);  ///< made when it is new
};

/// The groups "drill" and "work", then one for each host.
Timeline make_timeline(const Trace& trace, const DrillReport& report);

/// Spans that have begun, by what their events have in common.
class OpenSpans {
 public:
  /// One that is open under this key is dropped.
  void begin(const std::string& key, Span span) { open_[key] = std::move(span); }
  Span* find(const std::string& key);
  /// The span, ended then; none if none is open.
  std::optional<Span> end(const std::string& key, Duration at);
  /// All that never ended, ended then and marked so, in the order of their keys.
  std::vector<std::pair<std::string, Span>> end_all(Duration at);

 private:
  std::map<std::string, Span> open_;
};

/// The lane, from 0, of each span: spans of one lane do not overlap. In order of their begin, each
/// in the first lane that is free.
std::vector<std::size_t> lanes_of(const std::vector<Span>& spans);

// Parts of make_timeline(), a file each.
void add_drill(const Trace& trace, const DrillReport& report, Timeline& timeline);
void add_work(const Trace& trace, Timeline& timeline);
void add_hosts(const Trace& trace, Timeline& timeline);

}  // namespace aftershock
