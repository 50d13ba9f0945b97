// Requests to the orchestrators over HTTP/JSON.
#pragma once

#include <string>
#include <vector>

#include "core/ports/transport.h"
#include "platform/http_client.h"
#include "platform/secret.h"

namespace delta {

/// Thread: any.
class HttpTransport final : public Transport {
 public:
  /// `urls`: of the orchestrators, such as "https://ci-1:8080"; at least one. `client` outlives it.
  HttpTransport(HttpClient& client, std::vector<std::string> urls, Secret token);

  std::size_t endpoints() const override { return urls_.size(); }
  std::expected<Response, CallError> call(std::size_t endpoint, Request request,
                                          Duration timeout) override;

 private:
  HttpClient& client_;
  std::vector<std::string> urls_;
  const Secret token_;
};

}  // namespace delta
