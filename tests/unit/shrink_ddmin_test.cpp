// Delta debugging by itself: minimal, deterministic, with a bounded number of tests.
#include "harness/shrink/ddmin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace aftershock::shrink {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Fails if and only if all of `guilty` are there.
struct Lab {
  Kept guilty;
  std::size_t tests = 0;

  FirstFailing judge() {
    return [this](const std::vector<Kept>& parts) -> std::optional<std::size_t> {
      for (std::size_t i = 0; i < parts.size(); ++i) {
        ++tests;
        if (std::ranges::includes(parts[i], guilty)) return i;
      }
      return std::nullopt;
    };
  }
};

TEST(Ddmin, FindsExactlyWhatIsNeeded) {
  for (const Kept& guilty :
       {Kept{0}, Kept{99}, Kept{0, 99}, Kept{17, 18, 70}, Kept{3, 50, 51, 98}}) {
    Lab lab{guilty};
    EXPECT_EQ(minimal_part(100, 0, lab.judge()), guilty);
    EXPECT_LE(lab.tests, 150U) << "of " << guilty.size();
  }
}

TEST(Ddmin, LeavesNothingWhereNothingIsNeeded) {
  Lab lab{};
  EXPECT_THAT(minimal_part(50, 0, lab.judge()), IsEmpty());
  EXPECT_EQ(lab.tests, 1U);
}

TEST(Ddmin, KeepsTheFewest) {
  Lab lab{};
  EXPECT_EQ(minimal_part(50, 1, lab.judge()).size(), 1U);
  EXPECT_THAT(minimal_part(1, 1, lab.judge()), ElementsAre(0));
}

TEST(Ddmin, KeepsAllWhereAllIsNeeded) {
  Lab lab{{0, 1, 2, 3, 4, 5, 6, 7}};
  EXPECT_EQ(minimal_part(8, 0, lab.judge()).size(), 8U);
  EXPECT_LE(lab.tests, 8U * 8U);
}

/// Needs an even number of items, so that it is not monotonic: what is left is minimal in that no
/// single item can go.
TEST(Ddmin, NoSingleItemCanGoEvenIfTheFailureIsNotMonotonic) {
  const auto even = [](const Kept& part) { return part.size() % 2 == 0 && part.size() >= 4; };
  const Kept kept = minimal_part(20, 0, [&](const std::vector<Kept>& parts) {
    const auto found = std::ranges::find_if(parts, even);
    return found == parts.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - parts.begin()));
  });
  EXPECT_TRUE(even(kept));
  EXPECT_LT(kept.size(), 20U);
}

TEST(Ddmin, AsksTheSameQuestionsAgain) {
  const auto questions = [] {
    std::vector<std::vector<Kept>> asked;
    Lab lab{{4, 31}};
    minimal_part(40, 0, [&](const std::vector<Kept>& parts) {
      asked.push_back(parts);
      return lab.judge()(parts);
    });
    return asked;
  };
  EXPECT_EQ(questions(), questions());
}

}  // namespace
}  // namespace aftershock::shrink
