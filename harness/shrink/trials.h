// Trying out candidates: which of them are scenarios at all, and which still fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/scenario/scenario.h"
#include "harness/shrink/failure.h"

namespace aftershock::shrink {

/// All that a drill depends on, besides its scenario and the build.
struct Chance {
  std::uint64_t seed = 1;
  std::string schedule = "random";  ///< as parse_schedule() reads it

  friend auto operator<=>(const Chance&, const Chance&) = default;
};

/// What flaws_beside() says of the drill, for the failure that is looked for. A function of its
/// arguments, called from several threads; must not throw.
using Oracle = std::function<std::optional<Flaws>(const Scenario&, const Chance&)>;

struct TrialOptions {
  Oracle oracle;
  unsigned jobs = 1;           ///< drills side by side; the outcome does not depend on it
  std::function<bool()> stop;  ///< from now on nothing fails any more: called from several threads
};

/// A candidate that fails.
struct Found {
  std::size_t candidate = 0;  ///< its index
  Scenario scenario;          ///< as its file would be read
  Chance chance;
  Flaws flaws;
};

class Trials {
 public:
  explicit Trials(TrialOptions options) : options_(std::move(options)) {}

  /// The first of the candidates that fails by one of the chances, tried in their order, and has no
  /// more than `most` flaws. Candidates that the loader refuses are left out; what was tried before
  /// is not tried again. Once it was stopped, nothing is tried any more.
  std::optional<Found> first_failing(std::span<const Scenario> candidates,
                                     std::span<const Chance> chances, const Flaws& most);

  std::size_t drills() const { return drills_; }  ///< that were needed so far
  bool stopped() const { return stopped_; }       ///< at least one trial was not made

 private:
  struct Trial {
    std::size_t candidate = 0;
    const Scenario* scenario = nullptr;
    Chance chance;
    std::pair<std::string, Chance> key;
    std::optional<Flaws> flaws = {};
    bool known = false;
  };

  void run(std::vector<Trial>& trials, const Flaws& most);

  TrialOptions options_;
  std::map<std::pair<std::string, Chance>, std::optional<Flaws>> known_;
  std::size_t drills_ = 0;
  bool stopped_ = false;
};

}  // namespace aftershock::shrink
