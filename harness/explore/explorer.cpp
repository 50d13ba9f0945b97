#include "harness/explore/explorer.h"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace aftershock {
namespace {

/// An execution, and the choices after its last deviation: only there do its children deviate, so
/// that each path has one parent.
struct Node {
  Deviations path;
  std::vector<std::uint32_t> ready_counts;

  std::size_t first_open() const { return path.empty() ? 0 : path.back().choice + std::size_t{1}; }
};

class Explorer {
 public:
  Explorer(const ExploreBounds& bounds, const std::function<Execution(const Deviations&)>& execute)
      : bounds_(bounds), execute_(execute) {}

  Coverage run() {
    std::vector<Node> level;
    if (!visit({}, {}, level)) return coverage_;
    for (std::uint32_t deviations = 0;; ++deviations) {
      coverage_.complete_to = deviations;
      coverage_.exhausted = deviations == bounds_.deviations || level.empty();
      if (coverage_.exhausted) return coverage_;
      std::vector<Node> next;
      for (Node& node : level) {
        if (!visit_children(std::exchange(node, {}), next)) return coverage_;
      }
      level = std::move(next);
    }
  }

 private:
  bool visit_children(const Node& node, std::vector<Node>& next) {
    for (std::size_t choice = node.first_open(); choice < node.ready_counts.size(); ++choice) {
      for (std::uint32_t taken = 1; taken < node.ready_counts[choice]; ++taken) {
        Deviations path = node.path;
        path.push_back({static_cast<std::uint32_t>(choice), taken});
        if (!visit(std::move(path), node.ready_counts, next)) return false;
      }
    }
    return true;
  }

  /// `expected`: the parent's counts. False: that was the last.
  bool visit(Deviations path, const std::vector<std::uint32_t>& expected,
             std::vector<Node>& visited) {
    if (coverage_.interleavings == bounds_.executions) return false;
    Execution execution = execute_(path);
    Node node{std::move(path), std::move(execution.ready_counts)};
    const std::vector<std::uint32_t>& counts = node.ready_counts;
    const std::size_t first = node.first_open();
    // Up to its last deviation it is its parent.
    const auto shared = std::span(expected).first(first);
    if (counts.size() < first || !std::ranges::equal(std::span(counts).first(first), shared)) {
      throw std::runtime_error("the same choices led elsewhere: the program is not deterministic");
    }
    ++coverage_.interleavings;
    coverage_.choice_points += counts.size() - first;
    coverage_.most_choices =
        std::max(coverage_.most_choices, static_cast<std::uint32_t>(counts.size()));
    if (counts.size() > first) visited.push_back(std::move(node));
    return execution.go_on;
  }

  const ExploreBounds& bounds_;
  const std::function<Execution(const Deviations&)>& execute_;
  Coverage coverage_;
};

}  // namespace

Coverage explore(const ExploreBounds& bounds,
                 const std::function<Execution(const Deviations&)>& execute) {
  return Explorer(bounds, execute).run();
}

}  // namespace aftershock
