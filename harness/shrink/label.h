// What is said about a shrunk scenario: in its file, and to whoever asked for it.
#pragma once

#include <optional>
#include <string>

#include "harness/scenario/scenario.h"
#include "harness/shrink/failure.h"
#include "harness/shrink/shrink.h"
#include "reports/report.h"

namespace aftershock::shrink {

/// The drill that failed, as it was before.
struct Origin {
  Scenario scenario;
  Chance chance;
  Failure failure = {};
  std::optional<DrillReport> report = {};  ///< none: it crashed
};

/// With title and rationale that say where it comes from.
Scenario labelled(const Shrunk& shrunk, const Origin& origin);

/// The comment at the top of its file: what broke, how to replay it, what is left to do.
std::string comment_on(const Shrunk& shrunk, const Origin& origin);

/// "--seed 7", and the schedule if it is not the default: as a command takes them.
std::string options_of(const Chance& chance);

/// "aftershock run FILE --seed N", and the schedule if it is not the default.
std::string replay_of(const Shrunk& shrunk);

/// Its size before and after, a line each; `after` is the report on the shrunk one.
std::string comparison(const Shrunk& shrunk, const Origin& origin,
                       const std::optional<DrillReport>& after);

}  // namespace aftershock::shrink
