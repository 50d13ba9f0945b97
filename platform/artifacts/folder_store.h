// Artifacts in a folder, of this machine or mounted.
#pragma once

#include <string>
#include <vector>

#include "core/ports/artifact_store.h"
#include "platform/fd.h"
#include "platform/threads.h"

namespace delta {

/// An artifact is a symbolic link of its own name to a file beside it, which holds just the
/// contents and whose name tells their SHA-256:
///
///   runs/1/0/2/log -> .artifact-<64 hexadecimal digits>-<16 more, random>
///
/// So contents and digest change places together, with the link, whenever the machine stops; each
/// put writes a file of its own; and people, `sha256sum` and backups read what is there.
class FolderStore final : public ArtifactStore {
 public:
  /// The folder is not created: a missing one may be a disk that is not mounted yet.
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  std::expected<void, StoreError> put(const std::string& path, const Content& content) override;
  /// Contents above kMaxBytesInMemory come as the file in the folder.
  std::expected<std::optional<Content>, StoreError> get(const std::string& path) override;

 private:
  struct Place;     // an open folder, and the artifact's name in it
  struct Contents;  // an open file, and its name
  enum class Missing : std::uint8_t { create, leave };

  std::expected<Place, StoreError> find(const std::string& path, Missing missing);
  /// The file that the link of this name leads to; no descriptor when there is no artifact.
  std::expected<Contents, StoreError> open_contents(const Place& place, const std::string& path);
  std::string random_name();

  std::string folder_;
  KernelRandom random_;
};

}  // namespace delta
