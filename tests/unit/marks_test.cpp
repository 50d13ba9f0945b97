// Coverage marks: each counts its own path.
#include "harness/marks/marks.h"

#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class MarksTest : public testing::Test, protected History {
 protected:
  MarksTest() {
    observer = [this](const CommitView& view) { marks.on_commit(view); };
  }
  void step(const Message& message) {
    now += 1s;
    commit(decided(message));
  }
  const Attempt& attempt() const { return *tables.attempt(tables.job(kRun, 0)->current); }
  Credentials lease() const { return {attempt().ref(), attempt().epoch, attempt().token_hash}; }
  void running() {
    step(Submit{kRun, single()});
    step(Acquire{attempt().id, RunnerId{5, 0}, hash_token(Token{77, 0})});
    step(Start{lease()});
    step(delta::Report{lease(), AttemptState::running});
  }

  MarkCounter marks;
};

TEST_F(MarksTest, ALeaseThatIsLostWhileUploadingIsCountedAsThatAndAsRetried) {
  running();
  step(delta::Report{lease(), AttemptState::uploading});
  now += 10min;
  step(Expire{attempt().ref()});
  EXPECT_EQ(marks.count(Mark::kLeaseExpired), 1U);
  EXPECT_EQ(marks.count(Mark::kLeaseLostWhileUploading), 1U);
  EXPECT_EQ(marks.count(Mark::kLeaseLostWhileRunning), 0U);
  EXPECT_EQ(marks.count(Mark::kRetriedAfterLoss), 1U);
}

TEST_F(MarksTest, AForcedCancellationIsNotAnAcknowledgedOne) {
  running();
  step(Cancel{kRun});
  now += 10min;
  step(ForceCancel{attempt().ref()});
  EXPECT_EQ(marks.count(Mark::kForcedCancel), 1U);
  EXPECT_EQ(marks.count(Mark::kCancelAcknowledged), 0U);
}

TEST_F(MarksTest, ACompletionAfterTheEndOfItsLeaseIsLate) {
  running();
  const Credentials old = lease();
  now += 10min;
  step(Expire{attempt().ref()});
  step(Complete{old, true, FailureClass::user, {}});
  EXPECT_EQ(marks.count(Mark::kLateCompletionRefused), 1U);
}

TEST_F(MarksTest, ARestoreRaisesTheGenerationWithoutACommit) {
  Control control = tables.control();
  control.generation = 2;
  tables.put(control);
  marks.on_rewind(tables);
  marks.on_rewind(tables);
  EXPECT_EQ(marks.count(Mark::kGenerationRaised), 1U);
}

TEST(Marks, every_mark_has_its_own_name) {
  std::set<std::string_view> names;
  for (const MarkInfo& mark : mark_catalogue()) {
    EXPECT_TRUE(names.insert(mark.name).second) << mark.name;
    EXPECT_FALSE(mark.description.empty());
  }
}

}  // namespace
}  // namespace aftershock::checker_tests
