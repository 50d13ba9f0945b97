// What became of runs and attempts and in what order, as one number.
#pragma once

#include <cstdint>
#include <map>

#include "core/ports/database.h"

namespace aftershock {

/// Equal for equal sequences of changes of state, whatever ids were drawn, when each change was and
/// which of them shared a transaction. Runs and runners are told apart by who came first.
class History {
 public:
  void on_commit(const delta::WriteSet& writes);
  /// The tables went back in time.
  void on_rewind() { add(kRewind); }

  std::uint64_t digest() const { return digest_; }

 private:
  static constexpr std::uint64_t kRewind = ~std::uint64_t{0};

  void add(std::uint64_t value);
  std::uint64_t number_of(delta::RunId run);

  std::uint64_t digest_ = 0;
  std::map<delta::RunId, std::uint64_t> runs_;  ///< from 0
  std::map<delta::RunnerId, std::uint64_t> runners_;
};

}  // namespace aftershock
