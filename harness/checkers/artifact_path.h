// Reads the paths of the artifact store: runs/<run>/<job>/<attempt>/<name>.
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

}  // namespace aftershock
