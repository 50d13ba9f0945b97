// one-primary: a commit of a server that was replaced is a second history.
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class OnePrimaryTest : public CheckerTest {
 protected:
  OnePrimaryTest() : CheckerTest(make_one_primary) {}
};

TEST_F(OnePrimaryTest, CommitsOfThePrimaryAreCountedAndRight) {
  submit(single());
  acquired();
  EXPECT_TRUE(findings.empty());
  EXPECT_GT(checker->checks(), 0U);
}

TEST_F(OnePrimaryTest, ACommitOfAServerThatWasReplacedIsFound) {
  submit(single());
  observer = [this](const CommitView& view) { checker->on_stray_commit(view); };
  acquired();
  expect_finding("not the primary any more");
}

}  // namespace
}  // namespace aftershock::checker_tests
