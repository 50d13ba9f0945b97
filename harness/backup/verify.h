// Proving a backup: it is read, restored, started and looked into. Nothing of it stays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "harness/backup/pgbackrest.h"
#include "harness/backup/restore.h"

namespace aftershock::backup {

struct VerifyOptions {
  std::string label = {};     ///< empty: the newest, with everything that was archived
  std::string database = {};  ///< to check; empty: each one with a schema of Delta CI
  std::string scratch = {};   ///< folder to restore below; empty: the temporary one
  bool restore = true;        ///< false: only read the repository
  delta::Duration limit = std::chrono::hours(1);  ///< of the recovery
};

/// One thing that was looked at, in the order of the work.
struct Proof {
  enum class State : std::uint8_t { proven, failed, unproven };
  std::string name;  ///< "repository", "restore", "recovery", "check", "amcheck", "checksums"
  State state = State::proven;
  std::string detail;
  delta::Duration took{};
};

struct Verification {
  std::string label;
  std::vector<Proof> proofs;

  bool proven() const;  ///< nothing failed
};

/// A damaged backup is a Verification with a proof that failed; a Problem is about our own means.
/// Blocks.
Result<Verification> verify(const PgBackRest& tool, const VerifyOptions& options, const Work& work);

/// What `pgbackrest verify --output=text --verbose` says: whether all is well, and a line a
/// trouble.
struct RepositoryState {
  bool sound = false;
  std::vector<std::string> troubles;
  std::uint64_t files = 0, wal_segments = 0;
};
RepositoryState read_verification(std::string_view words);

}  // namespace aftershock::backup
