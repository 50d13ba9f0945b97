#include "simulator/world/api_endpoint.h"

namespace aftershock::sim {

namespace {

bool is_from_runner(const delta::Request& request) {
  return std::holds_alternative<delta::AcquireRequest>(request) ||
         std::holds_alternative<delta::StartRequest>(request) ||
         std::holds_alternative<delta::HeartbeatRequest>(request) ||
         std::holds_alternative<delta::ReportRequest>(request) ||
         std::holds_alternative<delta::CompleteRequest>(request) ||
         std::holds_alternative<delta::CancelAckRequest>(request) ||
         std::holds_alternative<delta::CheckpointRequest>(request);
}

}  // namespace

void ApiEndpoint::listen(Process& process, Handler handler) {
  process_ = &process;
  handler_ = std::move(handler);
  has_responded_ = false;
}

void ApiEndpoint::close() {
  process_ = nullptr;
  handler_ = nullptr;
  for (const auto& [id, call] : open_) call.reply.fail(CallEnd::reset);
  open_.clear();
}

std::uint64_t ApiEndpoint::send(HostId client, delta::Request request, const Reply& reply) {
  const std::uint64_t call = ++last_call_;
  if (process_ == nullptr) {
    network_.send(client, host_, [reply] { reply.fail(CallEnd::refused); });
    return call;
  }
  open_.emplace(call, Call{reply});
  deliver(client, call, std::move(request), reply);
  return call;
}

/// Answers the caller, once; a process that has just begun to listen may be slow about it.
void ApiEndpoint::respond(std::uint64_t call, const Reply& reply, delta::Response response) {
  const auto leave = [this, call, reply](delta::Response done) {
    open_.erase(call);
    reply(std::move(done));
  };
  const bool first = !std::exchange(has_responded_, true);
  Buggify* buggify = network_.buggify();
  if (!first || buggify == nullptr || process_ == nullptr) return leave(std::move(response));
  const delta::Duration delay = buggify->delay(BuggifySite::slow_first_response);
  if (delay <= delta::Duration(0)) return leave(std::move(response));
  kernel_.at(kernel_.now() + delay, *process_,
             [leave, response = std::move(response)]() mutable { leave(std::move(response)); });
}

void ApiEndpoint::deliver(HostId client, std::uint64_t call, delta::Request request,
                          const Reply& reply) {
  const auto answer = [this, call, reply](delta::Response response) {
    respond(call, reply, std::move(response));
  };
  const bool garbled = garble(request);
  const bool disturbed = is_from_runner(request);
  if (disturbed && happens(late_)) {
    open_.at(call).late = true;
    return deliver_after(late_.delay, request, answer, handled_late_);
  }
  if (disturbed && happens(copies_)) {
    deliver_after(
        rng_.between(delta::Duration(0), copies_.delay), request, [](delta::Response) {},
        handled_again_);
  }
  network_.send(client, host_, *process_,
                [this, garbled, request = std::move(request), reply, answer]() mutable {
                  if (reply.settled()) return;
                  if (garbled) ++handled_garbled_;
                  handler_(std::move(request), answer);
                });
}

bool ApiEndpoint::garble(delta::Request& request) {
  auto* saved = std::get_if<delta::CheckpointRequest>(&request);
  if (saved == nullptr || !happens(garbling_)) return false;
  std::string& state = saved->checkpoint.state;
  state.resize(state.size() / 2);
  return true;
}

void ApiEndpoint::deliver_after(delta::Duration wait, const delta::Request& request,
                                const delta::Responder& respond, std::uint64_t& handled) {
  kernel_.at(kernel_.now() + wait, [this, request, respond, &handled] {
    if (process_ == nullptr) return;
    kernel_.at(kernel_.now(), *process_, [this, request, respond, &handled] {
      ++handled;
      handler_(request, respond);
    });
  });
}

bool ApiEndpoint::happens(const Disorder& disorder) {
  return disorder.ppm > 0 && rng_.chance_ppm(static_cast<std::uint32_t>(disorder.ppm));
}

void ApiEndpoint::add_late(std::int32_t ppm, delta::Duration delay) {
  late_.ppm += ppm;
  late_.delay += delay;
}

void ApiEndpoint::add_copies(std::int32_t ppm, delta::Duration delay) {
  copies_.ppm += ppm;
  copies_.delay += delay;
}

std::expected<delta::Response, delta::CallError> SimTransport::call(std::size_t endpoint,
                                                                    delta::Request request,
                                                                    delta::Duration timeout) {
  if (!client_.alive()) {
    return std::unexpected(delta::CallError{delta::CallFailure::not_sent, "the process is dead"});
  }
  if (network_.fails_to_connect(host_)) {
    return std::unexpected(delta::CallError{delta::CallFailure::not_sent, "connection reset"});
  }
  ApiEndpoint& server = *endpoints_.at(endpoint);
  const auto exchange = std::make_shared<Exchange<delta::Response>>();
  const ApiEndpoint::Reply reply(network_, server.host(), host_, exchange);
  const std::uint64_t id = server.send(host_, std::move(request), reply);
  struct Forget {
    ApiEndpoint& server;
    std::uint64_t id;
    ~Forget() { server.forget(id); }
  } const forget{server, id};
  auto answer = wait_for_answer(network_.clock(host_), *exchange, timeout);
  if (answer) return std::move(*answer);
  const bool refused = answer.error() == CallEnd::refused;
  return std::unexpected(
      delta::CallError{refused ? delta::CallFailure::not_sent : delta::CallFailure::no_reply,
                       describe(answer.error(), "the orchestrator")});
}

}  // namespace aftershock::sim
