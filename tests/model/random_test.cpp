// Random histories of whole runs on one clock: the invariants hold after each message, and a
// replay of the audit log makes the same rows.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <sstream>

#include "core/replay.h"
#include "tests/model/invariants.h"
#include "tests/model/table.h"

namespace delta::test {
namespace {

constexpr int kHistories = 10'000;
constexpr std::size_t kMostMessages = 300;

/// What one random number makes happen; its parts are drawn apart.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : rng_(seed) {}
  std::size_t below(std::size_t bound) { return rng_.below(bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  Rng rng_;
};

SharedSpec random_spec(Chance chance) {
  std::vector<JobSpec> jobs(1 + chance.below(5));
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    JobSpec& job = jobs[i];
    for (std::uint32_t need = 0; need < i; ++need) {
      if (chance.one_in(3)) job.needs.push_back(need);
    }
    if (chance.one_in(2)) job.steps = {{"1", "a"}, {"2", "b"}, {"3", "c"}, {"4", "d"}};
    job.required = !chance.one_in(4);
    job.retry.max_attempts = static_cast<std::uint16_t>(1 + chance.below(3));
    job.retry.max_losses = static_cast<std::uint16_t>(chance.below(3));
    job.retry.retry_user = chance.one_in(2);
    job.timeout = chance.one_in(2) ? 5min : 0s;
    job.queue_timeout = chance.one_in(4) ? 10min : 0s;
  }
  return spec_of(std::move(jobs), chance.one_in(4) ? 1h : 0s);
}

/// The clock never goes back; sometimes it jumps to the next deadline exactly, or just before.
void pass_time(Table& table, Chance& chance) {
  DbTime next = kNever;
  for (const Attempt& row : table.rows.attempts) {
    for (const DbTime time : {row.available_at, row.queue_deadline, row.expires_at, row.deadline,
                              row.cancel_deadline, table.run().deadline}) {
      if (!is_terminal(row.state) && time > table.context.now) next = std::min(next, time);
    }
  }
  switch (chance.below(16)) {
    case 0: table.pass(1s); break;
    case 1: table.pass(30s); break;
    case 2:
    case 3:
      if (next != kNever) table.context.now = next;
      break;
    case 4:
      if (next != kNever) table.context.now = next - 1ns;
      break;
    default: break;
  }
  if (chance.one_in(100)) table.context.grace_until = table.context.now + 2min;
}

Message from_holder(const Attempt& row, Chance& chance) {
  // One message in eight is a stranger's or a zombie's.
  Credentials lease{row.ref(), row.epoch, row.token_hash};
  if (chance.one_in(16)) lease.token_hash = token_of(1 + chance.below(2));
  if (chance.one_in(16)) --lease.epoch;
  const AttemptState phase =
      row.state == AttemptState::starting ? AttemptState::running : AttemptState::uploading;
  switch (chance.below(12)) {
    case 0:
    case 1: return Start{lease};
    case 2:
    case 3:
    case 4: return Report{lease, phase};
    case 5: return Heartbeat{lease};
    case 6: return CancelAck{lease};
    case 7:
      return Complete{
          lease, false, chance.one_in(2) ? FailureClass::user : FailureClass::infrastructure, {}};
    case 8:
    case 9: return SaveCheckpoint{lease, {static_cast<std::uint32_t>(chance.below(5)), "[]"}};
    default: return Complete{lease, true, FailureClass::user, {}};
  }
}

/// What an honest runner says next.
Message next_of(const Attempt& row) {
  const Credentials lease{row.ref(), row.epoch, row.token_hash};
  switch (row.state) {
    case AttemptState::queued: return Acquire{row.id, runner_id(1), token_of(1)};
    case AttemptState::leased: return Start{lease};
    case AttemptState::starting: return Report{lease, AttemptState::running};
    case AttemptState::running: return Report{lease, AttemptState::uploading};
    case AttemptState::cancel_requested: return CancelAck{lease};
    case AttemptState::waiting:
    case AttemptState::uploading:
    case AttemptState::succeeded:
    case AttemptState::failed:
    case AttemptState::timed_out:
    case AttemptState::lost:
    case AttemptState::cancelled:
    case AttemptState::skipped: break;
  }
  return Complete{lease, true, FailureClass::user, {}};
}

/// Some of them unsound. No pause: there is only one submission here, and it is over.
PolicyChange random_change(Chance& chance) {
  PolicyChange change;
  const auto minutes = static_cast<std::int64_t>(chance.below(20));
  if (chance.one_in(2)) change.lease_ttl = TtlOverride{minutes * 1min, 30min};
  if (chance.one_in(2)) change.most_leases = static_cast<std::uint32_t>(chance.below(5));
  return change;
}

Message random_message(const Table& table, Chance& chance) {
  const std::vector<Attempt>& rows = table.rows.attempts;
  const Attempt* picked = &rows[chance.below(rows.size())];
  if (!chance.one_in(3)) {
    for (int tries = 0; is_terminal(picked->state) && tries < 4; ++tries) {
      picked = &rows[chance.below(rows.size())];
    }
    return next_of(*picked);
  }
  const Attempt& row = *picked;
  switch (chance.below(28)) {
    case 0: return chance.one_in(2) ? Message{Cancel{kRun}} : Message{RunTimeOut{kRun}};
    case 1: return Revoke{row.ref()};
    case 2:
    case 3: return Expire{row.ref()};
    case 4: return ForceCancel{row.ref()};
    case 5:
    case 6: return TimeOut{row.ref()};
    case 7:
    case 8: {
      const std::uint64_t runner = 1 + chance.below(2);
      return Acquire{row.id, runner_id(runner), token_of(runner)};
    }
    case 9: return Reenqueue{row.id, "operator"};
    case 10: return SetPolicy{random_change(chance), "operator"};
    case 11: return chance.one_in(8) ? Message{RaiseGeneration{}} : Message{Revoke{row.ref()}};
    default: return from_holder(row, chance);
  }
}

void require_none(const std::vector<std::string>& broken, const std::string& where) {
  if (!broken.empty()) RC_FAIL(where + ": " + broken.front());
}

/// Counts what the histories reach, so that a run that never gets anywhere shows.
struct Reached {
  int accepted = 0;
  int ended = 0;
};

void live_through(std::uint64_t seed, const std::vector<std::uint64_t>& draws, Reached& reached) {
  Table table(random_spec(Chance(seed)));
  for (const std::uint64_t draw : draws) {
    Chance chance(draw);
    pass_time(table, chance);
    const Rows before = table.rows;
    const Message message = random_message(table, chance);
    const Decision decision = table.tell(message);
    const std::string name(name_of(message));
    require_none(broken_in_step({before, table.rows, message, table.context, decision}), name);
    require_none(broken_in_state(table.rows), name);
    reached.accepted += decision.accepted() ? 1 : 0;
  }
  reached.ended += is_terminal(table.run().state) ? 1 : 0;
  const ReplayResult result = replay(table.log, table.settings);
  require_none(result.problems, "replay");
  require_none(differences(result.rows, table.rows), "replay");
}

TEST(RandomHistories, KeepTheInvariantsAndReplay) {
  Reached reached;
  const auto property = [&reached] {
    const auto seed = *rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
    const auto draws = *rc::gen::container<std::vector<std::uint64_t>>(
        *rc::gen::inRange<std::size_t>(1, kMostMessages + 1),
        rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>()));
    live_through(seed, draws, reached);
  };
  rc::detail::TestParams params;
  params.seed = 1;
  params.maxSuccess = kHistories;
  const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  EXPECT_TRUE(result.template is<rc::detail::SuccessResult>()) << text.str();
  EXPECT_GT(reached.accepted, 5 * kHistories);
  EXPECT_GT(reached.ended, kHistories / 5);
  std::cout << reached.accepted << " messages accepted, " << reached.ended << " runs ended\n";
}

}  // namespace
}  // namespace delta::test
