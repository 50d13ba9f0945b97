// What may be wrong with any server, whatever it serves: it refuses, fails or is slow.
#pragma once

#include "simulator/world/fault_switch.h"
#include "simulator/world/remote_call.h"

namespace aftershock::sim {

/// Every request passes here when it arrives.
class RequestGate {
 public:
  /// `server`, `number`: the name of its own stream of random numbers.
  RequestGate(Kernel& kernel, std::string_view server, std::uint64_t number = 0)
      : kernel_(kernel), rng_(kernel.stream(server, number)) {}

  /// Runs `serve` now, later or never; then `reply` has failed.
  template <class Answer, class Serve>
  void pass(const ReplyTo<Answer>& reply, Serve serve) {
    if (latency_ <= delta::Duration(0) || outage_.on()) return judge(reply, serve);
    ++slowed_;
    kernel_.at(kernel_.now() + latency_,
               [this, reply, serve = std::move(serve)]() mutable { judge(reply, serve); });
  }

  // Faults. Each call is one cause, which is lifted by the opposite.
  void set_outage(bool on) { outage_.set(on); }
  bool away() const { return outage_.on(); }
  void add_latency(delta::Duration more) { latency_ += more; }
  void add_errors(std::int32_t ppm) { error_ppm_ += ppm; }

  // Evidence: requests that were turned away, failed or delayed.
  std::uint64_t refused() const { return refused_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t slowed() const { return slowed_; }

 private:
  template <class Answer, class Serve>
  void judge(const ReplyTo<Answer>& reply, Serve& serve) {
    if (outage_.on()) {
      ++refused_;
      return reply.fail(CallEnd::refused);
    }
    if (error_ppm_ > 0 && rng_.chance_ppm(static_cast<std::uint32_t>(error_ppm_))) {
      ++failed_;
      return reply.fail(CallEnd::error);
    }
    serve();
  }

  Kernel& kernel_;
  delta::Rng rng_;
  FaultSwitch outage_;
  delta::Duration latency_{};
  std::int32_t error_ppm_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t slowed_ = 0;
};

}  // namespace aftershock::sim
