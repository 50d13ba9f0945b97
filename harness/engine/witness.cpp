#include "harness/engine/witness.h"

namespace aftershock {

using delta::Status;

Witness::Outcome Witness::count(bool maybe_done) {
  ++(maybe_done ? unknown_ : refused_);
  return maybe_done ? Outcome::unknown : Outcome::refused;
}

Witness::Outcome Witness::submit(delta::OrchestratorClient& client, const delta::SharedSpec& spec,
                                 delta::Duration request_timeout, delta::MonoTime give_up,
                                 delta::RunId& run) {
  ++submitted_;
  const delta::SubmitRequest request{delta::random_id<delta::OperationId>(runtime_.random), spec};
  bool maybe_done = false;
  for (;;) {
    auto answer = client.call(request, request_timeout);
    if (answer && answer->status == Status::ok) {
      const auto& reply = std::get<delta::SubmitReply>(answer->body);
      acknowledged_.push_back({{request.operation, reply}, runtime_.clock.now()});
      run = reply.run;
      return Outcome::acknowledged;
    }
    if (answer) return count(maybe_done);
    maybe_done = maybe_done || answer.error().kind == delta::CallFailure::no_reply;
    if (runtime_.clock.now() >= give_up) return count(maybe_done);
    client.pause();
  }
}

}  // namespace aftershock
