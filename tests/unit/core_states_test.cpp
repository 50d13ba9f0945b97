// The edges of the state machines, written out by hand from the design, against core's table.
#include "core/states.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/rows.h"

namespace delta {
namespace {

using Edges = std::set<std::string>;

template <class State>
std::string edge(State from, State to) {
  return std::string(name_of(from)) + " -> " + std::string(name_of(to));
}

template <class State>
Edges legal_edges(std::size_t states) {
  Edges edges;
  for (std::uint8_t from = 0; from < states; ++from) {
    for (std::uint8_t to = 0; to < states; ++to) {
      if (is_legal(State{from}, State{to})) edges.insert(edge(State{from}, State{to}));
    }
  }
  return edges;
}

TEST(RunStates, HaveExactlyTheEdgesOfTheDesign) {
  const Edges design{
      "queued -> running",           "running -> succeeded",          "running -> failed",
      "running -> timed_out",        "queued -> timed_out",           "queued -> cancel_requested",
      "running -> cancel_requested", "cancel_requested -> cancelled",
  };
  EXPECT_EQ(legal_edges<RunState>(kRunStates), design);
  EXPECT_EQ(kRunEdges.size(), design.size());
}

TEST(AttemptStates, HaveExactlyTheEdgesOfTheDesign) {
  const Edges design{
      "waiting -> queued",
      "queued -> leased",
      "leased -> starting",
      "starting -> running",
      "running -> uploading",
      "uploading -> succeeded",
      "leased -> failed",
      "leased -> timed_out",
      "leased -> lost",
      "starting -> failed",
      "starting -> timed_out",
      "starting -> lost",
      "running -> failed",
      "running -> timed_out",
      "running -> lost",
      "uploading -> failed",
      "uploading -> timed_out",
      "uploading -> lost",
      "queued -> timed_out",
      "waiting -> cancelled",
      "waiting -> skipped",
      "queued -> cancelled",
      "queued -> skipped",
      "leased -> cancel_requested",
      "starting -> cancel_requested",
      "running -> cancel_requested",
      "uploading -> cancel_requested",
      "cancel_requested -> cancelled",
  };
  EXPECT_EQ(legal_edges<AttemptState>(kAttemptStates), design);
  EXPECT_EQ(kAttemptEdges.size(), design.size());
}

TEST(States, AreTerminalOrLiveAsTheDesignSays) {
  Edges terminal;
  Edges live;
  for (std::uint8_t i = 0; i < kAttemptStates; ++i) {
    if (is_terminal(AttemptState{i})) terminal.emplace(name_of(AttemptState{i}));
    if (is_live(AttemptState{i})) live.emplace(name_of(AttemptState{i}));
  }
  EXPECT_EQ(terminal, (Edges{"succeeded", "failed", "timed_out", "lost", "cancelled", "skipped"}));
  EXPECT_EQ(live, (Edges{"leased", "starting", "running", "uploading", "cancel_requested"}));
  Edges ended_runs;
  for (std::uint8_t i = 0; i < kRunStates; ++i) {
    if (is_terminal(RunState{i})) ended_runs.emplace(name_of(RunState{i}));
  }
  EXPECT_EQ(ended_runs, (Edges{"succeeded", "failed", "timed_out", "cancelled"}));
  EXPECT_FALSE(is_terminal(JobState::open));
  EXPECT_TRUE(is_terminal(JobState::skipped));
}

TEST(LeaseState, IsAViewOfTheAttempt) {
  Attempt attempt;
  EXPECT_EQ(lease_state(attempt), LeaseState::none);
  attempt.state = AttemptState::queued;
  EXPECT_EQ(lease_state(attempt), LeaseState::none);
  attempt.state = AttemptState::leased;
  EXPECT_EQ(lease_state(attempt), LeaseState::granted);
  for (const AttemptState state :
       {AttemptState::starting, AttemptState::running, AttemptState::uploading}) {
    attempt.state = state;
    EXPECT_EQ(lease_state(attempt), LeaseState::active);
  }
  attempt.state = AttemptState::lost;
  attempt.lease_end = LeaseEnd::expired;
  EXPECT_EQ(lease_state(attempt), LeaseState::expired);
  attempt.lease_end = LeaseEnd::revoked;
  EXPECT_EQ(lease_state(attempt), LeaseState::revoked);
  attempt.state = AttemptState::succeeded;
  attempt.lease_end = LeaseEnd::completed;
  EXPECT_EQ(lease_state(attempt), LeaseState::completed);
  attempt.state = AttemptState::cancelled;
  attempt.lease_end = LeaseEnd::cancelled;
  EXPECT_EQ(lease_state(attempt), LeaseState::cancelled);
}

}  // namespace
}  // namespace delta
