// What a command left in its folder for artifacts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/ports/executor.h"

namespace delta {

struct ArtifactLimits {
  std::size_t most = 1'000;                              ///< how many
  std::uint64_t most_bytes_each = 1ULL << 30;            ///< of one
  std::uint64_t most_bytes_together = 4 * (1ULL << 30);  ///< of all
};

struct CollectedArtifacts {
  std::vector<ProducedArtifact> artifacts;  ///< by name, which is the path below the folder
  std::vector<std::string> remarks;         ///< what is not among them and why; not endless
};

/// Lists the files and computes their digests. Only regular files with names of printable UTF-8
/// that are not too long; no link is followed. When there are too many, the first by name are kept.
/// Nobody may work in the folder meanwhile. Ends early, with anything, when `stop` says so.
CollectedArtifacts collect_artifacts(const std::string& folder, const ArtifactLimits& limits,
                                     const std::function<bool()>& stop);

}  // namespace delta
