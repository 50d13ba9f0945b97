#include "tests/conformance/database_differential.h"

#include <algorithm>
#include <sstream>

#include "core/rng.h"
#include "tests/conformance/database_rows.h"

namespace delta {

namespace {

using Kind = Action::Kind;

/// One history in both worlds.
class Lockstep {
 public:
  Lockstep(ModelLockstep& model, PostgresLockstep& postgres, DifferentialCounts& counts)
      : model_(model), postgres_(postgres), counts_(counts) {}

  /// False: no further.
  bool step(const Step& step) {
    const Action model = plan(step, model_.knowledge);
    const Action postgres = plan(step, postgres_.knowledge);
    if (text_of(model) != text_of(postgres)) return differ("plans differ");
    return model.kind == Kind::nothing || act(step.party, model, postgres);
  }

  bool begin_history() {
    const Action open{.kind = Kind::open};
    return act(0, open, open) &&
           act(0, first_rows(model_.knowledge.base), first_rows(postgres_.knowledge.base));
  }

  /// Ends what is open, and compares all that is stored.
  bool finish() {
    for (bool all_idle = false; !all_idle;) {
      all_idle = true;
      for (std::size_t party = 0; party < kParties; ++party) {
        if (state(party) == PartyState::idle) continue;
        all_idle = false;
        if (state(party) == PartyState::waiting) continue;
        const Action end{.kind = party == kByHand ? Kind::hand_end : Kind::rollback};
        if (!act(party, end, end)) return false;
      }
    }
    Action all{.kind = Kind::open};
    for (std::uint64_t n = 1; n < 10; ++n) {
      all.request.runs.push_back({run_id(n), Scope::run, 0});
      all.request.operations.push_back({operation_id(n), 0});
      for (std::uint64_t j = 0; j < 5; ++j) {
        all.request.attempts.push_back(attempt_id(n * 10 + j));
      }
    }
    const Action end{.kind = Kind::rollback};
    const Action outbox{.kind = Kind::find, .find = FindOutbox{0s, 1000}};
    // A session may not know yet that it was killed: then it is a new one that looks.
    return act(0, outbox, outbox) && act(0, outbox, outbox) && act(0, all, all) && act(0, end, end);
  }

  const std::optional<std::string>& difference() const { return difference_; }

 private:
  PartyState state(std::size_t party) const { return model_.knowledge.parties[party].state; }

  bool act(std::size_t party, const Action& model, const Action& postgres) {
    ++counts_.steps;
    story_ << "party " << party << ": " << text_of(model) << "\n";
    const ModelCounts before = model_.counts();
    const auto waiters = std::ranges::count(model_.knowledge.parties, PartyState::waiting,
                                            [](const Party& known) { return known.state; });
    if (needs_rest_ && (party == kByHand || state(kByHand) != PartyState::idle)) {
      postgres_.let_detectors_run();
      needs_rest_ = false;
    }
    begin(model_, party, model);
    begin(postgres_, party, postgres);
    if (model.kind == Kind::kill) {
      ++counts_.kills;
      if (state(party) == PartyState::waiting) ++counts_.kills_of_waiting;
    } else {
      under_way_[party] = model.kind;
    }
    model_.settle();
    const bool same = compare(party);
    count(before);
    if (!same && model_.counts().deadlocks > before.deadlocks && had_conflict()) {
      ++counts_.other_victims;
      difference_.reset();
    } else if (!same && waiters > 1) {
      ++counts_.ties;
      difference_.reset();
    }
    return same;
  }

  static void begin(LockstepWorld& world, std::size_t party, const Action& action) {
    world.begin(party, action);
    if (action.kind == Kind::kill) return;
    if (action.kind == Kind::open) world.knowledge.parties[party].request = action.request;
    world.knowledge.parties[party].state = PartyState::waiting;
  }

  bool compare(std::size_t actor) {
    std::vector<std::size_t> answered;
    std::vector<std::size_t> waiting;
    std::array<std::optional<Answer>, kParties> answers;
    for (std::size_t party = 0; party < kParties; ++party) {
      if (state(party) != PartyState::waiting) continue;
      answers[party] = model_.take(party);
      (answers[party] ? answered : waiting).push_back(party);
    }
    if (std::ranges::count(waiting, actor) > 0) ++counts_.blocked;
    if (!waiting.empty()) needs_rest_ = true;
    if (!postgres_.settle(answered, waiting)) {
      return differ("the model answers " + list(answered) + "and lets wait " + list(waiting) +
                    "and PostgreSQL does not");
    }
    for (const std::size_t party : answered) {
      ++counts_.answers;
      const Answer real = postgres_.take(party).value();
      const Answer& modelled = *answers[party];
      story_ << "  answer to party " << party << ": " << modelled.text.substr(0, 60) << "\n";
      const bool same = modelled.text == real.text;
      if (!same) {
        differ("the answers to party " + std::to_string(party) +
               " differ\nmodel: " + modelled.text + "\nPostgreSQL: " + real.text);
      }
      conflict_ = conflict_ || real.is_conflict;
      absorb(model_, party, modelled);
      absorb(postgres_, party, real);
      if (!same) return false;
    }
    return true;
  }

  /// What the party knows after the answer.
  void absorb(LockstepWorld& world, std::size_t party, const Answer& answer) {
    Party& known = world.knowledge.parties[party];
    switch (under_way_[party]) {
      case Kind::open: known.opened = answer.opened; break;
      case Kind::hand_lock:
        known.opened = answer.is_conflict ? std::nullopt : std::optional(Opened{});
        break;
      case Kind::commit:
      case Kind::rollback:
      case Kind::hand_end: known.opened.reset(); break;
      case Kind::nothing:
      case Kind::find:
      case Kind::delete_outbox:
      case Kind::purge:
      case Kind::kill: break;
    }
    if (answer.is_broken) {
      known.opened.reset();
      world.reconnect(party);
    }
    known.state = known.opened ? PartyState::in_transaction : PartyState::idle;
    for (const std::uint64_t serial : answer.serials) world.knowledge.serials.push_back(serial);
    if (!std::ranges::is_sorted(world.knowledge.serials)) differ("serials go back");
  }

  /// Of two that waited for each other PostgreSQL has ended one.
  bool had_conflict() {
    for (std::size_t party = 0; party < kParties; ++party) {
      if (postgres_.knowledge.parties[party].state != PartyState::waiting) continue;
      if (const auto answer = postgres_.take(party)) {
        conflict_ = conflict_ || answer->is_conflict;
        absorb(postgres_, party, *answer);
      }
    }
    return conflict_;
  }

  void count(const ModelCounts& before) {
    const ModelCounts after = model_.counts();
    counts_.skips += after.skips - before.skips;
    counts_.rejected += after.rejected - before.rejected;
    counts_.deadlocks += after.deadlocks - before.deadlocks;
  }

  bool differ(const std::string& how) {
    difference_ = story_.str() + how + "\n";
    return false;
  }
  static std::string list(const std::vector<std::size_t>& parties) {
    std::string text;
    for (const std::size_t party : parties) text += std::to_string(party) + " ";
    return text.empty() ? "nobody " : text;
  }

  ModelLockstep& model_;
  PostgresLockstep& postgres_;
  DifferentialCounts& counts_;
  std::array<Kind, kParties> under_way_{};
  bool needs_rest_ = false;  ///< somebody began to wait, and may look for a deadlock later
  bool conflict_ = false;
  std::ostringstream story_;
  std::optional<std::string> difference_;
};

std::vector<Step> steps_of(std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Step> steps;
  for (std::uint64_t i = 10 + rng.below(12); i > 0; --i) {
    const std::size_t party = rng.below(100) < 18 ? kByHand : rng.below(kByHand);
    steps.push_back({party, rng.next()});
  }
  return steps;
}

}  // namespace

std::optional<std::string> Differential::try_steps(const std::vector<Step>& steps) {
  std::optional<std::string> difference;
  postgres_->begin_history();
  run_in_model([&](ModelLockstep& model) {
    Lockstep lockstep(model, *postgres_, counts_);
    const auto works = [&](const Step& step) { return lockstep.step(step); };
    if (lockstep.begin_history() && std::ranges::all_of(steps, works)) lockstep.finish();
    difference = lockstep.difference();
  });
  return difference;
}

/// Without every step that it does not need.
std::vector<Step> Differential::shrunken(std::vector<Step> steps) {
  for (std::size_t i = steps.size(); i-- > 0;) {
    std::vector<Step> fewer = steps;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (try_steps(fewer)) steps = std::move(fewer);
  }
  return steps;
}

std::optional<std::string> Differential::run(std::uint64_t seed) {
  ++counts_.histories;
  std::vector<Step> steps = steps_of(seed);
  const std::optional<std::string> first = try_steps(steps);
  if (!first) return std::nullopt;
  const DifferentialCounts before = counts_;
  std::optional<std::string> again = try_steps(steps);
  for (int i = 0; i < 3 && !again; ++i) again = try_steps(steps);
  if (!again) {
    counts_ = before;
    ++counts_.races;
    last_race_ = "seed " + std::to_string(seed) + "\n" + *first;
    return std::nullopt;
  }
  steps = shrunken(std::move(steps));
  std::optional<std::string> shortest;
  for (int i = 0; i < 5 && !shortest; ++i) shortest = try_steps(steps);
  return "seed " + std::to_string(seed) + "\n" + shortest.value_or(*again);
}

std::string text_of(const DifferentialCounts& counts) {
  std::ostringstream text;
  text << counts.histories << " histories, " << counts.steps << " steps, " << counts.answers
       << " answers compared, " << counts.blocked << " steps blocked, " << counts.skips
       << " rows skipped, " << counts.rejected << " commits rejected, " << counts.kills
       << " connections killed (" << counts.kills_of_waiting << " while they waited), "
       << counts.deadlocks << " deadlocks (" << counts.other_victims << " with another victim), "
       << counts.ties << " ties, " << counts.races << " races";
  return text.str();
}

}  // namespace delta
