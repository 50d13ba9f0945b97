#include "runner/adapters/http_transport.h"

#include "core/check.h"
#include "platform/wire/codec.h"
#include "platform/wire/routes.h"

namespace delta {

namespace {

/// Only what routes ask for; acquires carry their key in the body too.
std::string operation_of(const Request& request) {
  const auto* acquire = std::get_if<AcquireRequest>(&request);
  return acquire != nullptr ? to_string(acquire->operation) : std::string();
}

CallError failed(const HttpError& error) {
  const bool unseen = error.kind == HttpFailure::not_sent || error.kind == HttpFailure::bad_request;
  return {unseen ? CallFailure::not_sent : CallFailure::no_reply, error.detail};
}

}  // namespace

HttpTransport::HttpTransport(HttpClient& client, std::vector<std::string> urls, Secret token)
    : client_(client), urls_(std::move(urls)), token_(std::move(token)) {
  CHECK(!urls_.empty());
  for (std::string& url : urls_) {
    while (url.ends_with('/')) url.pop_back();
  }
}

std::expected<Response, CallError> HttpTransport::call(std::size_t endpoint, Request request,
                                                       Duration timeout) {
  const std::string body = wire::encode(request);
  HttpRequest http{.method = std::string(wire::route_of(request).method),
                   .url = urls_.at(endpoint) + wire::target_of(request),
                   .headers = {{"Content-Type", "application/json"},
                               {"Authorization", "Bearer " + token_.reveal()}},
                   .body = body,
                   .timeout = timeout};
  if (auto key = operation_of(request); !key.empty()) {
    http.headers.emplace_back("Idempotency-Key", std::move(key));
  }
  const auto reply = client_.call(http);
  if (!reply) return std::unexpected(failed(reply.error()));
  auto response = wire::decode_response(reply->body);
  // Not one of ours: a proxy in between, say. Whether it was done, nobody knows.
  if (!response) {
    return std::unexpected(
        CallError{CallFailure::no_reply,
                  "status " + std::to_string(reply->status) + ": " + response.error()});
  }
  return std::move(*response);
}

}  // namespace delta
