// Delta debugging of a list (Zeller, Hildebrandt: "Simplifying and Isolating Failure-Inducing
// Input", 2002), with complements only: what is left is minimal in the same sense, for half of the
// tests.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace aftershock::shrink {

/// Indexes of the items that are kept, ascending.
using Kept = std::vector<std::size_t>;

/// Which of these selections is the first that still fails; none: all of them pass.
using FirstFailing = std::function<std::optional<std::size_t>(const std::vector<Kept>&)>;

/// Of a list of `count` items that fails as a whole, a part that still fails and of which no single
/// item can be left out, nor all at once. At least `fewest` are kept. The order of the tests
/// depends on their answers alone; there are at most about count^2 of them.
Kept minimal_part(std::size_t count, std::size_t fewest, const FirstFailing& first_failing);

/// Those of a list that are kept, in their order.
template <class T>
std::vector<T> part_of(const std::vector<T>& all, const Kept& kept) {
  std::vector<T> part;
  for (const std::size_t index : kept) part.push_back(all.at(index));
  return part;
}

}  // namespace aftershock::shrink
