#include "harness/engine/references.h"

namespace aftershock {

using namespace delta;

std::uint64_t dangling_references(const FinalRead& read) {
  std::uint64_t dangling = 0;
  for (const AuditEvent& event : read.tables.audit()) {
    const auto* complete = std::get_if<Complete>(&event.what.message);
    if (complete == nullptr || event.refused) continue;
    for (const Artifact& artifact : complete->artifacts) {
      if (artifact.state == ArtifactState::missing) continue;
      const Credentials& lease = complete->lease;
      const auto stored =
          read.artifacts.find(artifact_path(lease.ref, lease.token_hash, artifact.name));
      if (stored == read.artifacts.end() || stored->second.is_damaged()) ++dangling;
    }
  }
  return dangling;
}

}  // namespace aftershock
