// The checkers of the final read: audit-replays, no-orphans, artifacts-accounted, recovers.
#include "harness/engine/references.h"
#include "tests/unit/checker_fixture.h"

namespace aftershock::checker_tests {
namespace {

class AuditReplaysTest : public CheckerTest {
 protected:
  AuditReplaysTest() : CheckerTest(make_audit_replays) {}
};

TEST_F(AuditReplaysTest, HoldsWhenTheDeadlineOfTheRunEndsLeases) {
  submit(spec_of({job_named("build"), job_named("lint"), job_named("unit")}, 40s));
  running(1);
  running(0);
  const Credentials lost = lease(1);
  now = tables.run(kRun)->deadline;
  commit(RunTimeOut{kRun});
  step(Complete{lost, true, FailureClass::user, {}});
  finish();
  expect_silence();
}

TEST_F(AuditReplaysTest, FindsARowThatWasEditedByHand) {
  submit(single());
  succeeded();
  Job edited = *tables.job(kRun, 0);
  edited.failures = 1;
  tables.put(edited);
  finish();
  expect_finding("table has");
}

TEST_F(AuditReplaysTest, FindsAnEventThatIsMissing) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.clear();
  commit(std::move(writes));
  finish();
  expect_finding("its row has another head");
}

TEST_F(AuditReplaysTest, FindsAChainThatIsBroken) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.at(0).previous[3] ^= 1;
  commit(std::move(writes));
  finish();
  expect_finding("chain of events is broken");
}

TEST_F(AuditReplaysTest, FindsAnEventThatWasRewritten) {
  submit(single());
  running();
  WriteSet writes = decided(failure());
  writes.audit.at(0).what.actor.id = 99;
  commit(std::move(writes));
  finish();
  expect_finding("does not follow from the events before it");
}

TEST_F(AuditReplaysTest, FindsSerialsThatDoNotGrow) {
  submit(single());
  acquired();
  WriteSet writes = decided(Start{lease()});
  writes.audit.at(0).serial = 2;
  commit(std::move(writes));
  finish();
  expect_finding("serials");
}

class NoOrphansTest : public CheckerTest {
 protected:
  NoOrphansTest() : CheckerTest(make_no_orphans) { submit(single()); }
};

TEST_F(NoOrphansTest, FindsAnAttemptWithoutAJob) {
  Attempt orphan = attempt();
  orphan.id.lo += 1;
  orphan.job = 5;
  tables.put(orphan);
  finish();
  expect_finding("attempt has no job");
}

TEST_F(NoOrphansTest, FindsAJobWithoutARun) {
  Job orphan = *tables.job(kRun, 0);
  orphan.run = {7, 2};
  tables.put(orphan);
  finish();
  expect_finding("job has no run");
}

TEST_F(NoOrphansTest, FindsAJobWithoutItsCurrentAttempt) {
  Job orphan = *tables.job(kRun, 0);
  orphan.current = {1, 1};
  tables.put(orphan);
  finish();
  expect_finding("no current attempt");
}

TEST_F(NoOrphansTest, FindsAnOutboxRowWithoutAnAttempt) {
  tables.put(OutboxRow{99, {1, 1}, now});
  finish();
  expect_finding("outbox row has no attempt");
}

TEST_F(NoOrphansTest, FindsArtifactsOfNobody) {
  AttemptRef other_job = attempt().ref();
  ++other_job.job;
  const TokenHash held = attempt().token_hash;
  store(stored_at("log"), 1);
  store(artifact_path(other_job, held, "log"), 1);
  store(artifact_path({kRun, 0, {1, 1}}, held, "log"), 1);
  store(partial_log_path(attempt().ref(), held), 1);
  store(partial_log_path(other_job, held), 1);
  store(partial_log_path({kRun, 0, {1, 1}}, held), 1);
  store(partial_log_path(attempt().ref(), held) + "/log", 1);
  store("elsewhere/log", 1);
  store(stored_at(""), 1);
  finish();
  expect_finding("artifact has no attempt");
  EXPECT_EQ(findings.size(), 7U);
}

TEST_F(NoOrphansTest, FindsArtifactsOfALeaseThatNobodyWasGiven) {
  acquired();
  const TokenHash forged = hash_token({1, 1});
  store(stored_at("log"), 1);
  store(artifact_path(attempt().ref(), forged, "log"), 1);
  store(partial_log_path(attempt().ref(), forged), 1);
  finish();
  expect_finding("of a lease that its attempt never had");
  EXPECT_EQ(findings.size(), 2U);
}

class ArtifactsAccountedTest : public CheckerTest {
 protected:
  ArtifactsAccountedTest() : CheckerTest(make_artifacts_accounted) {}

  void complete_with(Artifact artifact) {
    submit(single());
    uploading();
    step(Complete{lease(), true, FailureClass::user, {std::move(artifact)}});
    path = stored_at("log");
  }

  std::uint64_t dangling() const { return dangling_references(final_read()); }

  std::string path;
};

TEST_F(ArtifactsAccountedTest, FindsAnArtifactThatIsNotInTheStore) {
  complete_with({"log", ArtifactState::stored, 42});
  finish();
  expect_finding("not in the store");
}

TEST_F(ArtifactsAccountedTest, FindsAnArtifactThatWasOverwritten) {
  complete_with({"log", ArtifactState::stored, 42});
  store(path, 43);
  finish();
  expect_finding("other contents");
}

TEST_F(ArtifactsAccountedTest, LetsAnArtifactBeMissingThatIsMarkedSo) {
  complete_with({"log", ArtifactState::missing, 0});
  finish();
  expect_silence();
}

TEST_F(ArtifactsAccountedTest, FindsAMissingArtifactWithContents) {
  complete_with({"log", ArtifactState::missing, 42});
  finish();
  expect_finding("missing artifact has a digest");
}

TEST_F(ArtifactsAccountedTest, FindsAnArtifactThatNoCompletionNames) {
  complete_with({"log", ArtifactState::stored, 42});
  store(path, 42);
  store(path + ".old", 42);
  finish();
  expect_finding("does not name");
}

TEST_F(ArtifactsAccountedTest, LetsALogBeThatWasStoredWhileItsJobRan) {
  complete_with({"log", ArtifactState::stored, 42});
  store(path, 42);
  store(partial_log_path(attempt().ref(), attempt().token_hash), 41);
  finish();
  expect_silence();
  EXPECT_EQ(dangling(), 0U);
}

TEST_F(ArtifactsAccountedTest, LetsRetentionDeleteWhatWasStored) {
  complete_with({"log", ArtifactState::stored, 42});
  expired.insert(path);
  finish();
  expect_silence();
  EXPECT_EQ(dangling(), 1U);
}

TEST_F(ArtifactsAccountedTest, LetsTheStoreOwnUpToDamage) {
  complete_with({"log", ArtifactState::stored, 42});
  store(path, 42);
  EXPECT_EQ(dangling(), 0U);
  artifacts[path].content.digest = 43;
  finish();
  expect_silence();
  EXPECT_EQ(dangling(), 1U);
}

TEST_F(ArtifactsAccountedTest, CountsNoReferenceToWhatIsMarkedMissing) {
  complete_with({"log", ArtifactState::missing, 0});
  EXPECT_EQ(dangling(), 0U);
}

class RecoversTest : public CheckerTest {
 protected:
  RecoversTest() : CheckerTest(make_recovers) {}
};

TEST_F(RecoversTest, FindsARunThatTookTooLong) {
  submit(single());
  succeeded();
  unfinished.push_back(kRun);
  finish();
  expect_finding("within the bound");
}

TEST_F(RecoversTest, FindsARunThatIsStillOpen) {
  submit(single());
  running();
  finish();
  expect_finding("not terminal in the final read");
}

}  // namespace
}  // namespace aftershock::checker_tests
