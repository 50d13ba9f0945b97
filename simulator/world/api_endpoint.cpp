#include "simulator/world/api_endpoint.h"

namespace aftershock::sim {

namespace {

bool is_from_runner(const delta::Request& request) {
  return std::visit(
      []<class Body>(const Body& body) {
        return requires { body.lease; } || requires { body.runner; };
      },
      request);
}

}  // namespace

void ApiEndpoint::listen(Process& process, Handler handler) {
  process_ = &process;
  handler_ = std::move(handler);
}

void ApiEndpoint::close() {
  process_ = nullptr;
  handler_ = nullptr;
  for (const auto& [call, reply] : open_) reply.fail(CallEnd::reset);
  open_.clear();
}

std::uint64_t ApiEndpoint::send(HostId client, delta::Request request, const Reply& reply) {
  const std::uint64_t call = ++last_call_;
  if (process_ == nullptr) {
    network_.send(client, host_, [reply] { reply.fail(CallEnd::refused); });
    return call;
  }
  open_.emplace(call, reply);
  deliver(client, call, std::move(request), [this, call, reply](delta::Response response) {
    open_.erase(call);
    reply(std::move(response));
  });
  return call;
}

void ApiEndpoint::deliver(HostId client, std::uint64_t call, delta::Request request,
                          delta::Responder respond) {
  const bool disturbed = is_from_runner(request);
  if (disturbed && happens(late_)) {
    late_calls_.insert(call);
    return deliver_after(
        late_.delay, request,
        [this, call, respond](delta::Response response) {
          late_calls_.erase(call);
          respond(std::move(response));
        },
        handled_late_);
  }
  if (disturbed && happens(copies_)) {
    deliver_after(
        rng_.between(delta::Duration(0), copies_.delay), request, [](delta::Response) {},
        handled_again_);
  }
  network_.send(client, host_, *process_,
                [this, request = std::move(request), respond = std::move(respond)]() mutable {
                  handler_(std::move(request), std::move(respond));
                });
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
  ApiEndpoint& server = *endpoints_.at(endpoint);
  const auto exchange = std::make_shared<Exchange<delta::Response>>();
  const ApiEndpoint::Reply reply(network_, server.host(), host_, exchange);
  const std::uint64_t id = server.send(host_, std::move(request), reply);
  struct Forget {
    ApiEndpoint& server;
    std::uint64_t id;
    ~Forget() { server.forget(id); }
  } const forget{server, id};
  auto answer = wait_for_answer(kernel_, *exchange, kernel_.now() + timeout);
  if (answer) return std::move(*answer);
  const bool refused = answer.error() == CallEnd::refused;
  return std::unexpected(
      delta::CallError{refused ? delta::CallFailure::not_sent : delta::CallFailure::no_reply,
                       describe(answer.error(), "the orchestrator")});
}

}  // namespace aftershock::sim
