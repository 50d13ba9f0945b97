// What observers of the simulated PostgreSQL are shown.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/ports/database.h"
#include "simulator/world/database_wal.h"
#include "simulator/world/world_observer.h"

namespace aftershock::sim {

/// The rows that a commit replaces, parallel to its writes; null for an insert.
struct BeforeImages {
  std::vector<const delta::Run*> runs;
  std::vector<const delta::Job*> jobs;
  std::vector<const delta::Attempt*> attempts;
  std::vector<const delta::Schedule*> schedules;
};
/// A commit as it becomes visible. All references end with the call.
struct CommitView {
  delta::DbTime now;
  delta::DbTime read;    ///< the clock as the transaction read it when it held its locks
  std::uint64_t number;  ///< from 1, over the product's commits; 0: a write from outside
  std::uint64_t client;  ///< Process::id() of whoever committed; 0: somebody outside
  const delta::WriteSet& writes;
  const BeforeImages& before;
};

/// Where the tables stand after they went back in time.
struct RecoveryPoint {
  Lsn lsn;
  delta::DbTime time{};            ///< of the last transaction that is kept
  std::uint64_t commits_kept = 0;  ///< of the product
  std::uint64_t commits_lost = 0;  ///< of the product; each may have been acknowledged
};

/// Who is told, by one server or by all of them together.
class DatabaseEvents {
 public:
  /// With the client's Process::id(), when a transaction holds all its locks.
  void on_opened(std::function<void(std::uint64_t)> observer) {
    observers_.opened.push_back(std::move(observer));
  }
  /// As each commit of the product becomes visible, before anyone can see it.
  void on_commit(std::function<void(const CommitView&)> observer) {
    observers_.commit.push_back(std::move(observer));
  }
  /// The same for a commit of an outsider, who writes no audit event.
  void on_outside_write(std::function<void(const CommitView&)> observer) {
    observers_.outside_write.push_back(std::move(observer));
  }
  /// When the tables have gone back in time, by a recovery, a restore or a promotion, and after a
  /// restore that lost nothing too. The tables are as they are from now on, with the new generation
  /// if there is one.
  void on_rewind(std::function<void(const Tables&, const RecoveryPoint&)> observer) {
    observers_.rewind.push_back(std::move(observer));
  }

 protected:
  ~DatabaseEvents() = default;

  struct Observers {
    std::vector<std::function<void(std::uint64_t)>> opened;
    std::vector<std::function<void(const CommitView&)>> commit;
    std::vector<std::function<void(const CommitView&)>> outside_write;
    std::vector<std::function<void(const Tables&, const RecoveryPoint&)>> rewind;
  };

  Observers observers_;
};

}  // namespace aftershock::sim
