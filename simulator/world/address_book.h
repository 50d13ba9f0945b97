// Where clients look for the one of several servers that serves: an address that moves.
#pragma once

#include <cstddef>
#include <map>

#include "simulator/kernel/kernel.h"
#include "simulator/world/connection.h"

namespace aftershock::sim {

/// What each host looked up last, which it believes until that is too old: a promotion reaches each
/// in its time.
class AddressBook {
 public:
  AddressBook(Kernel& kernel, delta::Duration ttl) : kernel_(kernel), ttl_(ttl) {}

  /// The server that `client` finds. `current`: the one that the address names now.
  std::size_t look_up(HostId client, std::size_t current) {
    Answer& answer = answers_[client];
    if (answer.until <= kernel_.now()) answer = {current, kernel_.now() + ttl_};
    return answer.server;
  }

 private:
  struct Answer {
    std::size_t server = 0;
    SimTime until{};
  };

  Kernel& kernel_;
  delta::Duration ttl_;
  std::map<HostId, Answer> answers_;
};

}  // namespace aftershock::sim
