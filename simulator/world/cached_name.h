// A name in the simulated DNS: what it stands for can be moved, and each host finds out in its
// time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <utility>

#include "simulator/kernel/kernel.h"
#include "simulator/world/connection.h"

namespace aftershock::sim {

/// A host asks when it needs the name, and believes the answer for the name's TTL. The servers that
/// it asks are always within reach.
template <class Value>
class CachedName {
 public:
  /// `ttl` 0: nobody keeps an answer.
  CachedName(const Kernel& kernel, delta::Duration ttl, Value value)
      : kernel_(kernel), ttl_(ttl), values_{std::move(value)} {}

  const Value& value() const { return values_.back(); }
  void move(Value value) { values_.push_back(std::move(value)); }
  /// What this host believes.
  const Value& resolve(HostId client) {
    if (ttl_ == delta::Duration(0)) return value();
    Answer& answer = answers_[client];
    if (answer.until <= kernel_.now()) answer = {values_.size() - 1, kernel_.now() + ttl_};
    return values_[answer.value];
  }
  /// Until when some host believes what the name stood for before; in the past: none does.
  SimTime stale_until() const {
    SimTime last{};
    for (const auto& [client, answer] : answers_) {
      if (answer.value + 1 < values_.size()) last = std::max(last, answer.until);
    }
    return last;
  }

 private:
  struct Answer {
    std::size_t value = 0;
    SimTime until{};
  };

  const Kernel& kernel_;
  delta::Duration ttl_;
  std::deque<Value> values_;  ///< all that it stood for, in order
  std::map<HostId, Answer> answers_;
};

}  // namespace aftershock::sim
