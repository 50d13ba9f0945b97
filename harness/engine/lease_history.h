// Who held which lease when: every one that commits granted and ended.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/ports/database.h"
#include "reports/activity.h"
#include "reports/objectives.h"

namespace aftershock {

/// Times are those of one clock outside every fault domain.
class LeaseHistory {
 public:
  using NameOf = std::function<std::string(delta::RunnerId)>;

  /// `name_of`: the host of a runner that has just been granted a lease.
  explicit LeaseHistory(NameOf name_of) : name_of_(std::move(name_of)) {}

  void on_commit(const delta::WriteSet& writes, Duration now);
  /// The tables went back in time. `is_live`: whether they hold the attempt's lease.
  void on_rewind(const std::function<bool(delta::AttemptId)>& is_live, Duration now);

  /// Puts those that somebody held in `when` into the report, its times counted from `zero`.
  void fill(const Bounds& when, Duration zero, ActivityReport& report) const;

 private:
  NameOf name_of_;
  std::vector<LeaseReport> leases_;               ///< in the order in which they were granted
  std::map<delta::AttemptId, std::size_t> open_;  ///< into leases_
};

}  // namespace aftershock
