// What must hold in every state and on every step, written from the design by hand: nothing here
// uses the tables of core/states.h or the rules of decide().
#pragma once

#include <string>
#include <vector>

#include "core/decide.h"

namespace delta::test {

/// One message with what it met and what came of it.
struct Step {
  const Rows& before;
  const Rows& after;
  const Message& message;
  const Context& context;
  const Decision& decision;
};

/// A sentence for each broken rule; empty when all hold. `rows` are those of one run.
std::vector<std::string> broken_in_state(const Rows& rows);
std::vector<std::string> broken_in_step(const Step& step);

}  // namespace delta::test
