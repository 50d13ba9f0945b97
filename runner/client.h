// How a runner talks to the orchestrators: any of them will do.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "core/dependency.h"
#include "core/ports/transport.h"
#include "core/settings.h"
#include "core/stop_signal.h"

namespace delta {

/// Thread: any.
class OrchestratorClient {
 public:
  OrchestratorClient(Runtime runtime, Transport& transport, const Settings& settings);

  /// One try at the endpoint that worked last; a failure moves on to the next one. An answer that
  /// says `unavailable` or `unknown` counts as a failure too. Suspends.
  std::expected<Response, CallError> call(const Request& request, Duration timeout);

  /// Tries until there is an answer that settles the matter (ok, refused, invalid, ...) or
  /// `keep_trying` says no. Safe only for requests that may be repeated. Suspends.
  /// On an answer, `sent_at` is when the answered try was sent.
  std::optional<Response> call_until_settled(const Request& request,
                                             const std::function<bool()>& keep_trying,
                                             MonoTime* sent_at = nullptr);
  /// Suspends for the backoff that follows a failure.
  void pause();

 private:
  Runtime runtime_;
  Transport& transport_;
  const Settings& settings_;
  Dependency orchestrators_;
  std::atomic<std::size_t> endpoint_;
};

}  // namespace delta
