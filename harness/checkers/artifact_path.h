// Reads the paths of the artifact store: runs/<run>/<job>/<attempt>/<lease>/<name>, and that of a
// log that was stored while its job ran, partial-logs/<run>/<job>/<attempt>/<lease>.
#pragma once

#include <optional>
#include <string_view>

#include "core/sha256.h"

namespace aftershock {

struct ArtifactPath {
  delta::AttemptRef ref;
  delta::TokenHash lease;  ///< under which it was left
  std::string_view name;   ///< a part of the text that was parsed; none: what a job printed so far
};
/// Nothing: the text is no such path.
std::optional<ArtifactPath> parse_artifact_path(std::string_view text);
std::optional<ArtifactPath> parse_partial_log_path(std::string_view text);

}  // namespace aftershock
