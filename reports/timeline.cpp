#include "reports/timeline.h"

#include <algorithm>
#include <numeric>

namespace aftershock {

namespace {

/// The element of that name, added at the end when there is none.
template <class Named>
Named& named(std::vector<Named>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &Named::name);
  if (found != all.end()) return *found;
  all.push_back(Named{name});
  return all.back();
}

}  // namespace

Track& TrackGroup::track(const std::string& track_name) { return named(tracks, track_name); }

TrackGroup& Timeline::group(const std::string& name) { return named(groups, name); }

Span* OpenSpans::find(const std::string& key) {
  const auto found = open_.find(key);
  return found != open_.end() ? &found->second : nullptr;
}

std::optional<Span> OpenSpans::end(const std::string& key, Duration at) {
  auto node = open_.extract(key);
  if (node.empty()) return std::nullopt;
  node.mapped().end = at;
  return std::move(node.mapped());
}

std::vector<std::pair<std::string, Span>> OpenSpans::end_all(Duration at) {
  std::vector<std::pair<std::string, Span>> ended;
  for (auto& [key, span] : open_) {
    span.end = at;
    span.args["ended"] = "not before the end of the trace";
    ended.emplace_back(key, std::move(span));
  }
  open_.clear();
  return ended;
}

std::vector<std::size_t> lanes_of(const std::vector<Span>& spans) {
  std::vector<std::size_t> order(spans.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&spans](std::size_t i) { return spans[i].begin; });
  std::vector<std::size_t> lanes(spans.size());
  std::vector<Duration> free_at;
  for (const std::size_t i : order) {
    const auto lane =
        std::ranges::find_if(free_at, [&](Duration free) { return free <= spans[i].begin; });
    lanes[i] = static_cast<std::size_t>(lane - free_at.begin());
    if (lane == free_at.end()) {
      free_at.push_back(spans[i].end);
    } else {
      *lane = spans[i].end;
    }
  }
  return lanes;
}

Timeline make_timeline(const Trace& trace, const DrillReport& report) {
  Timeline timeline;
  timeline.begin = trace.begin;
  timeline.end = trace.events.empty() ? trace.begin : trace.events.back().at;
  timeline.groups = {{"drill"}, {"work"}};
  for (const std::string& host : trace.hosts) timeline.group(host);
  add_drill(trace, report, timeline);
  add_work(trace, timeline);
  add_hosts(trace, timeline);
  return timeline;
}

}  // namespace aftershock
