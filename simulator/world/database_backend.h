// One connection's process on the simulated database server. Internal to the server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulator/kernel/virtual_time.h"
#include "simulator/world/database_server.h"

namespace aftershock::sim {

inline constexpr const char* kReadOnly = "cannot write in a read-only transaction";
inline constexpr const char* kInvalidIndex = "index contains an unexpected zero page";
inline constexpr const char* kInvalidPage = "invalid page: checksum verification failed";

/// What a backend does, in the order in which a transaction passes through it.
enum class BackendStage : std::uint8_t {
  idle,
  lock_operations,
  lock_schedules,
  lock_runs,
  lock_jobs,
  lock_attempts,
  lock_control,
  write_schedules,  ///< commit(): inserts by their keys, which may have to wait, then predicates
  write_runs,
  write_jobs,
  write_attempts,
  flushing,  ///< the commit waits for the disk: it ends whatever the client does
  answering,
};
inline bool is_writing(BackendStage stage) {
  return stage >= BackendStage::write_schedules && stage <= BackendStage::write_attempts;
}

struct Backend {
  BackendId id{};
  ClientEnd client;
  bool outsider = false;  ///< see DatabaseServer::accept_outsider()
  BackendStage stage = BackendStage::idle;
  bool in_transaction = false;
  delta::DbTime begun{};      ///< the transaction
  bool disconnected = false;  ///< only while flushing: there is nobody to answer
  SimTime idle_since{};
  std::uint64_t waits = 0;  ///< tells the wait that a timer was set for from later ones

  delta::OpenRequest request;
  std::vector<LockKey> targets;  ///< of this stage
  std::size_t next_target = 0;
  std::vector<LockKey> held;
  std::vector<delta::OperationKey> inserted;  ///< operation keys that are this transaction's own
  delta::DbTime keys_stored_at{};             ///< when the statement began that inserted them
  delta::Opened opened;
  delta::DbTime clock_read{};  ///< opened.now, which is given away with it
  Done<std::expected<delta::Opened, delta::DbError>> on_opened;

  delta::WriteSet writes;
  bool has_orphans = false;  ///< rows of this stage without their run
  BeforeImages before;
  bool in_doubt = false;  ///< decided to break the connection instead of answering
  bool dropped = false;   ///< in doubt, and the commit is not to happen
  delta::CommitResult result;
  Done<delta::CommitResult> on_committed;
};

/// Null when there is no such run, neither committed nor among what is written with it.
delta::SharedSpec spec_of(delta::RunId run, const delta::WriteSet& writes, const Tables& tables);

}  // namespace aftershock::sim
