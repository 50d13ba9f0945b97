#include "reports/perfetto.h"

#include <nlohmann/json.hpp>

#include "reports/timeline.h"
#include "reports/words.h"

namespace aftershock {

namespace {

using Json = nlohmann::ordered_json;

class PerfettoWriter {
 public:
  PerfettoWriter(const Timeline& timeline, std::ostream& out) : timeline_(timeline), out_(out) {
    for (const TrackGroup& group : timeline.groups) {
      for (const Track& track : group.tracks) {
        for (const Span& span : track.spans) count_ends(span);
      }
    }
  }

  void write(const Trace& trace, const DrillReport& report) {
    const Json about = {
        {"scenario", report.scenario},
        {"path", report.path},
        {"world", report.world},
        {"seed", std::to_string(report.seed)},
        {"digest", report.digest},
        {"verdict", name_of(report.verdict)},
        {"zero", "time 0 of the report is " + delta::format_duration(-trace.begin) + " here"}};
    out_ << "{\"displayTimeUnit\":\"ms\",\"otherData\":" << dumped(about) << ",\"traceEvents\":[\n";
    for (const TrackGroup& group : timeline_.groups) write_group(group);
    for (const Counter& counter : timeline_.counters) write_counter(counter);
    out_ << "\n]}\n";
  }

 private:
  struct Arrow {
    std::uint64_t number = 0;
    int ends_at = 0;    ///< spans
    int begins_at = 0;  ///< spans
  };

  void count_ends(const Span& span) {
    const auto arrow = [this](const std::string& word) -> Arrow& {
      return arrows_.emplace(word, Arrow{arrows_.size() + 1}).first->second;
    };
    if (!span.flow_to.empty()) ++arrow(span.flow_to).begins_at;
    if (!span.flow_from.empty()) ++arrow(span.flow_from).ends_at;
  }

  static std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  void put(const Json& event) {
    out_ << (first_ ? "" : ",\n") << dumped(event);
    first_ = false;
  }

  /// Whole microseconds: the viewer reads fractions as floating point, and drops a span that then
  /// seems to end after the one that it lies in.
  std::int64_t stamp(Duration at) const { return (at - timeline_.begin).count() / 1000; }

  void write_name(const char* what, std::uint64_t thread, const std::string& name) {
    put({{"ph", "M"},
         {"name", what},
         {"pid", process_},
         {"tid", thread},
         {"args", {{"name", name}}}});
  }

  void write_order(const char* what, std::uint64_t thread, std::uint64_t place) {
    put({{"ph", "M"},
         {"name", what},
         {"pid", process_},
         {"tid", thread},
         {"args", {{"sort_index", place}}}});
  }

  void write_group(const TrackGroup& group) {
    ++process_;
    write_name("process_name", 0, group.name);
    write_order("process_sort_index", 0, process_);
    for (const Track& track : group.tracks) write_track(track);
  }

  /// Lane after lane, each a thread.
  void write_track(const Track& track) {
    const std::vector<std::size_t> lanes = lanes_of(track.spans);
    std::size_t count = track.instants.empty() ? 0 : 1;
    for (const std::size_t lane : lanes) count = std::max(count, lane + 1);
    for (std::size_t lane = 0; lane < count; ++lane) {
      ++thread_;
      write_name("thread_name", thread_,
                 track.name + (count > 1 ? " " + std::to_string(lane + 1) : ""));
      write_order("thread_sort_index", thread_, thread_);
      for (std::size_t i = 0; i < lanes.size(); ++i) {
        if (lanes[i] == lane) write_span(track.name, track.spans[i]);
      }
      if (lane > 0) continue;
      for (const Instant& instant : track.instants) write_instant(track.name, instant);
    }
  }

  void write_span(const std::string& category, const Span& span) {
    Json event = {{"ph", "X"},
                  {"name", span.name},
                  {"cat", category},
                  {"ts", stamp(span.begin)},
                  {"dur", stamp(span.end) - stamp(span.begin)},
                  {"pid", process_},
                  {"tid", thread_}};
    if (!span.args.empty()) event["args"] = span.args;
    put(event);
    if (!span.flow_to.empty()) write_flow("s", span, span.flow_to);
    if (!span.flow_from.empty()) write_flow("f", span, span.flow_from);
    for (const Span& part : span.parts) write_span(category, part);
  }

  /// Only of an arrow that has both ends: a cancelled wait leads nowhere.
  void write_flow(const char* phase, const Span& span, const std::string& word) {
    const Arrow& arrow = arrows_.at(word);
    if (arrow.begins_at != 1 || arrow.ends_at != 1) return;
    Json event = {{"ph", phase},        {"name", "dispatch"},      {"cat", "flow"},
                  {"id", arrow.number}, {"ts", stamp(span.begin)}, {"pid", process_},
                  {"tid", thread_}};
    if (*phase == 'f') event["bp"] = "e";
    put(event);
  }

  void write_instant(const std::string& category, const Instant& instant) {
    put({{"ph", "i"},
         {"name", instant.name},
         {"cat", category},
         {"ts", stamp(instant.at)},
         {"s", category == "violations" ? "g" : "t"},
         {"pid", process_},
         {"tid", thread_},
         {"args", instant.args}});
  }

  void write_counter(const Counter& counter) {
    for (const auto& [at, value] : counter.values) {
      put({{"ph", "C"},
           {"name", counter.name},
           {"ts", stamp(at)},
           {"pid", kCounters},
           {"tid", 0},
           {"args", {{"value", value}}}});
    }
  }

  static constexpr std::uint64_t kCounters = 1;  ///< the process of the first group: the drill

  const Timeline& timeline_;
  std::ostream& out_;
  bool first_ = true;
  std::uint64_t process_ = 0;
  std::uint64_t thread_ = 0;  ///< unique over all processes
  std::map<std::string, Arrow> arrows_;
};

}  // namespace

void write_perfetto(const Trace& trace, const DrillReport& report, std::ostream& out) {
  const Timeline timeline = make_timeline(trace, report);
  PerfettoWriter(timeline, out).write(trace, report);
}

}  // namespace aftershock
