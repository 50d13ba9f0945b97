// Of two programs that attest a bundle at once, one has to wait: what the other said would be lost.
#pragma once

#include <expected>
#include <string>

#include "platform/fd.h"

namespace aftershock::evidence {

/// Holds a bundle from before it is verified until it is replaced.
class BundleLock {
 public:
  /// The error says who holds it. Of what is no folder nothing is held: verify() says what it is.
  static std::expected<BundleLock, std::string> take(const std::string& folder);

 private:
  explicit BundleLock(delta::Fd folder) : folder_(std::move(folder)) {}

  delta::Fd folder_;
};

}  // namespace aftershock::evidence
