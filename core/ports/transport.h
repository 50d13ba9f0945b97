// Requests to the orchestrators, from runners and clients.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "core/api.h"

namespace delta {

enum class CallFailure : std::uint8_t {
  not_sent,  ///< refused or unreachable: nobody saw the request
  no_reply,  ///< sent, and no answer in time: it may have been done
};
struct CallError {
  CallFailure kind = CallFailure::no_reply;
  std::string detail;
};

/// Thread: any.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual std::size_t endpoints() const = 0;
  /// Suspends for at most `timeout`.
  virtual std::expected<Response, CallError> call(std::size_t endpoint, Request request,
                                                  Duration timeout) = 0;
};

}  // namespace delta
