// DELTA_HISTORIES=100000 DELTA_SEED=1 conformance_tests --gtest_filter='Database*Differential*'
#include "tests/conformance/database_differential.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace delta {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(DatabaseDifferential, the_model_answers_as_postgresql_does) {
  const std::uint64_t histories = number_from("DELTA_HISTORIES", 300);
  const std::uint64_t first = number_from("DELTA_SEED", 1);
  PostgresServer server(lockstep_server_options());
  Differential differential(server);
  for (std::uint64_t seed = first; seed < first + histories; ++seed) {
    if (const auto difference = differential.run(seed)) {
      ADD_FAILURE() << *difference;
      break;
    }
    if ((seed - first) % 1000 == 999) std::cout << text_of(differential.counts()) << std::endl;
  }
  const DifferentialCounts& counts = differential.counts();
  std::cout << text_of(counts) << std::endl;
  std::cout << differential.last_race();
  if (histories < 300) return;
  EXPECT_GT(counts.blocked, histories / 5);
  EXPECT_GT(counts.skips, histories / 10);
  EXPECT_GT(counts.rejected, histories / 5);
  EXPECT_GT(counts.kills, histories / 5);
  EXPECT_GT(counts.kills_of_waiting, 0U);
  EXPECT_GT(counts.deadlocks, 0U);
  EXPECT_LE(counts.races, histories / 100);
}

}  // namespace
}  // namespace delta
