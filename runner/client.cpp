#include "runner/client.h"

namespace delta {

OrchestratorClient::OrchestratorClient(Runtime runtime, Transport& transport,
                                       const Settings& settings)
    : runtime_(runtime),
      transport_(transport),
      settings_(settings),
      orchestrators_(runtime, {}, {.first = 200ms, .longest = 5s}),
      endpoint_(runtime.random.next() % transport.endpoints()) {}

std::expected<Response, CallError> OrchestratorClient::call(const Request& request,
                                                            Duration timeout) {
  const std::size_t endpoint = endpoint_.load();
  auto answer = transport_.call(endpoint, request, timeout);
  if (answer && answer->status != Status::unavailable && answer->status != Status::unknown) {
    orchestrators_.succeeded();
    return answer;
  }
  orchestrators_.failed();
  endpoint_.store((endpoint + 1) % transport_.endpoints());
  if (!answer) return answer;
  const bool maybe = answer->status == Status::unknown;
  return std::unexpected(
      CallError{maybe ? CallFailure::no_reply : CallFailure::not_sent, answer->detail});
}

std::optional<Response> OrchestratorClient::call_until_settled(
    const Request& request, const std::function<bool()>& keep_trying, MonoTime* sent_at) {
  while (keep_trying()) {
    const MonoTime sent = runtime_.clock.now();
    auto answer = call(request, settings_.request_timeout);
    if (answer) {
      if (sent_at != nullptr) *sent_at = sent;
      return std::move(*answer);
    }
    pause();
  }
  return std::nullopt;
}

void OrchestratorClient::pause() { runtime_.clock.sleep_until(orchestrators_.next_try()); }

}  // namespace delta
