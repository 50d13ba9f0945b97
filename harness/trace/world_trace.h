// Tells a trace what happens in the simulated world: processes, network, servers, requests and
// commits. It looks on: the digest of a drill is the same with it and without.
#pragma once

#include <map>
#include <set>

#include "harness/trace/recorder.h"
#include "harness/worlds/observed_transport.h"
#include "simulator/world/world.h"

namespace aftershock {

class WorldTrace final : public sim::WorldObserver, public CallObserver {
 public:
  WorldTrace(sim::Kernel& kernel, TraceRecorder& recorder) : kernel_(kernel), recorder_(recorder) {}
  /// Before anything runs. The world outlives it, and knows its hosts.
  void attach(sim::World& world);

  void on_start(const sim::Node& node) override;
  void on_end(const sim::Node& node, sim::EndCause cause) override;
  void on_pause(const sim::Node& node, bool paused) override;
  void on_cut(sim::HostId from, sim::HostId to, bool cut) override;
  void on_hold(sim::HostId from, sim::HostId to, bool held) override;
  void on_power(sim::HostId host, bool on) override;
  void on_impairment(sim::HostId host, const sim::Impairment& impairment, bool begins) override;
  void on_reset(sim::HostId host, std::size_t connections) override;
  void on_swallowed(sim::HostId from, sim::HostId to) override;
  void on_accepting(bool accepting) override;
  void on_promotion(sim::HostId primary, std::uint32_t timeline) override;
  void on_publish(delta::AttemptId attempt, std::size_t depth) override;
  void on_lost(delta::AttemptId attempt, std::size_t depth) override;
  void on_receive(delta::AttemptId attempt, std::size_t depth) override;
  void on_acknowledge(delta::AttemptId attempt, std::size_t depth) override;
  void on_queue_promotion(sim::HostId primary) override;
  void on_depth(std::size_t before, std::size_t depth) override;

  std::uint64_t asked(std::size_t endpoint, const delta::Request& request) override;
  void ended(std::uint64_t call, std::size_t endpoint, const delta::Request& request,
             const std::expected<delta::Response, delta::CallError>& result) override;

 private:
  /// Where a process is.
  struct Place {
    std::string host;
    std::uint64_t incarnation = 0;
  };

  Place place_of(std::uint64_t process) const;
  std::string endpoint_name(std::size_t endpoint) const;
  const std::string& host_name(sim::HostId host) const { return world_->network.name(host); }
  TraceEvent event(TraceKind kind, std::string what, const Place& place) const;
  void add_process(const sim::Node& node, std::string what, std::string text);
  void add_network(std::string what, std::string text, const std::vector<sim::HostId>& hosts);
  void on_rewind(const sim::Tables& tables, const sim::RecoveryPoint& point);
  void add_queue(std::string what, delta::AttemptId attempt, std::size_t depth);

  // Commits (commit_trace.cpp)
  void on_commit(const sim::CommitView& commit);
  void add_event(const sim::CommitView& commit, const delta::AuditEvent& audit);
  void add_followers(const sim::CommitView& commit);
  void add_control(const sim::CommitView& commit);
  TraceEvent commit_event(const sim::CommitView& commit, std::string what) const;
  void name_runner(TraceEvent& event, delta::RunnerId runner) const;

  sim::Kernel& kernel_;
  TraceRecorder& recorder_;
  sim::World* world_ = nullptr;
  std::map<std::uint64_t, Place> places_;                   ///< by Process::id()
  std::map<delta::RunnerId, std::string> runners_;          ///< their hosts
  std::map<delta::AttemptId, delta::AttemptRef> attempts_;  ///< that have rows, as have the runs
  std::set<delta::RunId> runs_;
  std::map<std::uint64_t, std::size_t>
      submissions_;  ///< by call: its event, which names no run yet
  std::uint64_t calls_ = 0;
};

}  // namespace aftershock
