// Reads the paths of the artifact store: runs/<run>/<job>/<attempt>/<name>, and that of a log that
// was stored while its job ran, partial-logs/<run>/<job>/<attempt>.
#pragma once

#include <optional>
#include <string_view>

#include "core/ids.h"

namespace aftershock {

struct ArtifactPath {
  delta::AttemptRef ref;
  std::string_view name;  ///< a part of the text that was parsed
};
/// Nothing: the text is no such path.
std::optional<ArtifactPath> parse_artifact_path(std::string_view text);
std::optional<delta::AttemptRef> parse_partial_log_path(std::string_view text);

}  // namespace aftershock
