#include "harness/shrink/ddmin.h"

#include <algorithm>
#include <numeric>

namespace aftershock::shrink {
namespace {

/// The list without each of its `parts` parts of about equal size.
std::vector<Kept> complements(const Kept& kept, std::size_t parts) {
  std::vector<Kept> all;
  for (std::size_t i = 0; i < parts; ++i) {
    const auto begin = static_cast<std::ptrdiff_t>(kept.size() * i / parts);
    const auto end = static_cast<std::ptrdiff_t>(kept.size() * (i + 1) / parts);
    Kept rest(kept.begin(), kept.begin() + begin);
    rest.insert(rest.end(), kept.begin() + end, kept.end());
    all.push_back(std::move(rest));
  }
  return all;
}

}  // namespace

Kept minimal_part(std::size_t count, std::size_t fewest, const FirstFailing& first_failing) {
  Kept kept(count);
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  if (count == fewest) return kept;
  if (fewest == 0 && first_failing({Kept{}})) return {};
  for (std::size_t parts = 2; kept.size() > std::max<std::size_t>(fewest, 1);) {
    std::vector<Kept> rests = complements(kept, std::min(parts, kept.size()));
    std::erase_if(rests,
                  [&](const Kept& rest) { return rest.size() < std::max<std::size_t>(fewest, 1); });
    if (const auto failing = first_failing(rests)) {
      kept = rests[*failing];
      parts = std::max<std::size_t>(parts - 1, 2);
    } else if (parts < kept.size()) {
      parts *= 2;
    } else {
      break;
    }
  }
  return kept;
}

}  // namespace aftershock::shrink
