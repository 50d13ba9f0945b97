// A breadth-first search through every state that messages can bring one run into.
//
// States are told apart without ids, hashes or clock readings: attempts are named by job and
// number, and a deadline is only set or not set. From each state every message is tried before and
// after each deadline, so time runs in more ways than any clock could. The rules compare a
// runner's credentials only with the row, so that one holder and one stranger stand for all.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "core/run_spec.h"

namespace delta::test {

struct SearchOptions {
  SharedSpec spec;
  std::size_t max_depth = std::numeric_limits<std::size_t>::max();
};

struct SearchResult {
  std::size_t states = 0;
  std::size_t messages = 0;
  std::size_t ended = 0;            ///< states in which the run has ended
  bool exhausted = false;           ///< no state was left unexplored at max_depth
  std::size_t dead_ends = 0;        ///< states from which no end can be reached, when exhausted
  std::vector<std::string> broken;  ///< each once, with the messages that lead there first
};

SearchResult search(const SearchOptions& options);

}  // namespace delta::test
