// The audit log's hash chains: no field of an event can change unseen.
#include "core/audit.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace delta {
namespace {

using Change = std::function<void(AuditEvent&)>;

AuditEvent event_of(Message message) {
  AuditEvent event;
  event.run = {1, 2};
  event.attempt = {3, 4};
  event.number = 5;
  event.what = {std::move(message), {ActorKind::runner, 6}, {7, 8}};
  event.context = {DbTime(9s), DbTime(10s), 11};
  event.lease_expires_at = DbTime(12s);
  event.from = 1;
  event.to = 2;
  return event;
}

RunSpec small_spec() {
  RunSpec spec;
  spec.name = "run";
  spec.jobs.resize(2);
  spec.jobs[0].name = "a";
  spec.jobs[1].name = "b";
  spec.jobs[1].needs = {0};
  return spec;
}

SharedSchedule schedule_of(const std::string& name) {
  const ScheduleSpec spec{name, {}, {}, 1, std::make_shared<const RunSpec>(small_spec())};
  return std::make_shared<const ScheduleSpec>(spec);
}

Submit submit_of(const RunSpec& spec) { return {{1, 2}, std::make_shared<const RunSpec>(spec)}; }

/// Applies each change to its own copy; all digests must differ from each other and the original.
void expect_all_differ(const AuditEvent& original, const std::vector<Change>& changes) {
  std::set<Digest> digests{digest_of(original)};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    AuditEvent changed = original;
    changes[i](changed);
    EXPECT_TRUE(digests.insert(digest_of(changed)).second) << "change " << i << " goes unseen";
  }
}

template <class M>
Change in(std::function<void(M&)> change) {
  return [change](AuditEvent& event) { change(std::get<M>(event.what.message)); };
}

TEST(Digest, CoversEveryFieldOfTheEvent) {
  expect_all_differ(event_of(Cancel{{1, 2}}),
                    {[](AuditEvent& e) { e.run.hi = 99; },
                     [](AuditEvent& e) { e.run.lo = 99; },
                     [](AuditEvent& e) { e.attempt.hi = 99; },
                     [](AuditEvent& e) { e.attempt.lo = 99; },
                     [](AuditEvent& e) { e.number = 99; },
                     [](AuditEvent& e) { e.what.message = RunTimeOut{{1, 2}}; },
                     [](AuditEvent& e) { e.what.message = Cancel{{1, 3}}; },
                     [](AuditEvent& e) { e.what.actor.kind = ActorKind::operator_; },
                     [](AuditEvent& e) { e.what.actor.id = 99; },
                     [](AuditEvent& e) { e.what.nonce.hi = 99; },
                     [](AuditEvent& e) { e.what.nonce.lo = 99; },
                     [](AuditEvent& e) { e.context.now = DbTime(9s + 1ns); },
                     [](AuditEvent& e) { e.context.grace_until = DbTime(10s + 1ns); },
                     [](AuditEvent& e) { e.context.generation = 99; },
                     [](AuditEvent& e) { e.context.lease_ttl = 99s; },
                     [](AuditEvent& e) { e.context.longest_lease = 99s; },
                     [](AuditEvent& e) { e.context.ingesting = false; },
                     [](AuditEvent& e) { e.schedule = {1, 2}; },
                     [](AuditEvent& e) { e.lease_expires_at = kNever; },
                     [](AuditEvent& e) { e.from = 3; },
                     [](AuditEvent& e) { e.to = 3; },
                     [](AuditEvent& e) { e.refused = Reason::not_found; },
                     [](AuditEvent& e) { e.refused = Reason::lease_over; },
                     [](AuditEvent& e) { e.previous[0] = 1; },
                     [](AuditEvent& e) { e.previous[31] = 1; }});
}

TEST(Digest, LeavesOutOnlyTheSerialAndItself) {
  AuditEvent event = event_of(Cancel{{1, 2}});
  const Digest before = digest_of(event);
  event.serial = 77;
  event.digest[0] = 1;
  EXPECT_EQ(digest_of(event), before);
}

Change in_job(const std::function<void(JobSpec&)>& change) {
  return in<Submit>([change](Submit& m) {
    RunSpec spec = *m.spec;
    change(spec.jobs[0]);
    m.spec = std::make_shared<const RunSpec>(spec);
  });
}

Change in_spec(const std::function<void(RunSpec&)>& change) {
  return in<Submit>([change](Submit& m) {
    RunSpec spec = *m.spec;
    change(spec);
    m.spec = std::make_shared<const RunSpec>(spec);
  });
}

TEST(Digest, CoversTheWholeSpec) {
  expect_all_differ(
      event_of(submit_of(small_spec())),
      {in<Submit>([](Submit& m) { m.run = {5, 5}; }), in_spec([](RunSpec& s) { s.name = "other"; }),
       in_spec([](RunSpec& s) { s.timeout = 1s; }), in_spec([](RunSpec& s) { s.jobs.pop_back(); }),
       in_spec([](RunSpec& s) { s.jobs.push_back(s.jobs[0]); }),
       in_job([](JobSpec& j) { j.name = "other"; }),
       in_job([](JobSpec& j) { j.command = "other"; }),
       in_job([](JobSpec& j) { std::swap(j.name, j.command); }),
       in_job([](JobSpec& j) { j.secrets = {"KEY"}; }), in_job([](JobSpec& j) { j.needs = {1}; }),
       in_job([](JobSpec& j) { j.required = false; }),
       in_job([](JobSpec& j) { j.retry.max_attempts = 9; }),
       in_job([](JobSpec& j) { j.retry.max_losses = 9; }),
       in_job([](JobSpec& j) { j.retry.retry_infrastructure ^= true; }),
       in_job([](JobSpec& j) { j.retry.retry_user ^= true; }),
       in_job([](JobSpec& j) { j.retry.retry_timeout ^= true; }),
       in_job([](JobSpec& j) { j.timeout = 1s; }),
       in_job([](JobSpec& j) { j.queue_timeout = 1s; })});
}

TEST(Digest, CoversEveryFieldOfACompletion) {
  const Credentials lease{{{1, 2}, 3, {4, 5}}, 6, {7, 8}};
  const Complete message{lease, true, FailureClass::user, {{"log", ArtifactState::stored, 9}}};
  expect_all_differ(
      event_of(message),
      {in<Complete>([](Complete& m) { m.lease.ref.run = {9, 9}; }),
       in<Complete>([](Complete& m) { m.lease.ref.job = 9; }),
       in<Complete>([](Complete& m) { m.lease.ref.attempt = {9, 9}; }),
       in<Complete>([](Complete& m) { m.lease.epoch = 9; }),
       in<Complete>([](Complete& m) { m.lease.token_hash = {9, 9}; }),
       in<Complete>([](Complete& m) { m.succeeded = false; }),
       in<Complete>([](Complete& m) { m.failure = FailureClass::lost; }),
       in<Complete>([](Complete& m) { m.artifacts.clear(); }),
       in<Complete>([](Complete& m) { m.artifacts.push_back(m.artifacts[0]); }),
       in<Complete>([](Complete& m) { m.artifacts[0].name = "other"; }),
       in<Complete>([](Complete& m) { m.artifacts[0].state = ArtifactState::missing; }),
       in<Complete>([](Complete& m) { m.artifacts[0].digest = 10; })});
}

TEST(Digest, TellsEveryMessageFromEveryOther) {
  const Credentials a{{{1, 2}, 3, {4, 5}}, 6, {7, 8}};
  Credentials b = a;
  b.epoch = 7;
  AttemptRef other = a.ref;
  other.job = 4;
  const std::vector<Message> messages{Acquire{{4, 5}, {1, 1}, {7, 8}},
                                      Acquire{{4, 6}, {1, 1}, {7, 8}},
                                      Acquire{{4, 5}, {1, 2}, {7, 8}},
                                      Acquire{{4, 5}, {1, 1}, {7, 9}},
                                      Start{a},
                                      Start{b},
                                      Heartbeat{a},
                                      Heartbeat{b},
                                      Report{a, AttemptState::running},
                                      Report{a, AttemptState::uploading},
                                      Report{b, AttemptState::running},
                                      CancelAck{a},
                                      CancelAck{b},
                                      Expire{a.ref},
                                      Expire{other},
                                      Revoke{a.ref},
                                      Revoke{other},
                                      ForceCancel{a.ref},
                                      ForceCancel{other},
                                      TimeOut{a.ref},
                                      TimeOut{other},
                                      RunTimeOut{{1, 2}},
                                      RunTimeOut{{1, 3}},
                                      Revoke{a.ref, "ann"},
                                      Reenqueue{{4, 5}},
                                      Reenqueue{{4, 6}},
                                      Reenqueue{{4, 5}, "ann"},
                                      SaveCheckpoint{a, {1, ""}},
                                      SaveCheckpoint{b, {1, ""}},
                                      SaveCheckpoint{a, {2, ""}},
                                      SaveCheckpoint{a, {1, "1"}},
                                      RaiseGeneration{},
                                      RaiseGeneration{"ann"},
                                      SetPolicy{},
                                      SetPolicy{{}, "ann"},
                                      SetPolicy{{.ingesting = false}},
                                      SetPolicy{{.ingesting = true}},
                                      SetPolicy{{.lease_ttl = TtlOverride{}}},
                                      SetPolicy{{.lease_ttl = TtlOverride{1s, 0s}}},
                                      SetPolicy{{.lease_ttl = TtlOverride{0s, 1s}}},
                                      SetPolicy{{.most_leases = 0}},
                                      SetPolicy{{.most_leases = 1}},
                                      SetPolicy{{.submissions_per_minute = 0}},
                                      SetPolicy{{.submissions_per_minute = 1}},
                                      CreateSchedule{{8, 1}, schedule_of("a")},
                                      CreateSchedule{{8, 2}, schedule_of("a")},
                                      CreateSchedule{{8, 1}, schedule_of("b")},
                                      CreateSchedule{{8, 1}, schedule_of("a"), DbTime{}},
                                      ChangeSchedule{{8, 1}},
                                      ChangeSchedule{{8, 1}, ScheduleState::deleted},
                                      ChangeSchedule{{8, 1}, ScheduleState::paused, DbTime{}},
                                      Fire{{8, 1}},
                                      Fire{{8, 1}, 1},
                                      Fire{{8, 1}, 0, {DbTime{}}},
                                      Fire{{8, 1}, 0, {DbTime{}, DbTime{1s}}},
                                      Fire{{8, 1}, 0, {}, DbTime{1s}}};
  std::set<Digest> digests;
  for (const Message& message : messages) digests.insert(digest_of(event_of(message)));
  EXPECT_EQ(digests.size(), messages.size());
}

TEST(Chain, LinksEachEventToTheOneBefore) {
  ChainHead head;
  AuditEvent first = event_of(Cancel{{1, 2}});
  AuditEvent second = event_of(RunTimeOut{{1, 2}});
  append_to_chain(head, first);
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(first.previous, Digest{});
  EXPECT_EQ(first.digest, digest_of(first));
  append_to_chain(head, second);
  EXPECT_EQ(second.number, 2U);
  EXPECT_EQ(second.previous, first.digest);
  EXPECT_EQ(head.length, 2U);
  EXPECT_EQ(head.digest, second.digest);
}

TEST(Chain, OfAnAttemptEntersThatOfTheRun) {
  const ChainHead run{3, sha256(std::vector<std::uint8_t>{1})};
  const ChainHead attempt{2, sha256(std::vector<std::uint8_t>{2})};
  ChainHead entered = run;
  enter_head(entered, attempt);
  EXPECT_EQ(entered.length, 4U);
  std::set<Digest> digests{run.digest, entered.digest};
  for (int change = 0; change < 3; ++change) {
    ChainHead to = run;
    ChainHead what = attempt;
    if (change == 0) what.length = 1;
    if (change == 1) what.digest[5] ^= 1;
    if (change == 2) to.digest[5] ^= 1;
    enter_head(to, what);
    EXPECT_TRUE(digests.insert(to.digest).second) << change;
  }
}

}  // namespace
}  // namespace delta
