// What one step of a random history does: a function of a number and of what its party knows, so
// that the same numbers mean the same in two worlds, and most of them still do without the others.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ports/database.h"

namespace delta {

/// Three sessions of the product, and somebody who locks rows by hand, in any order.
inline constexpr std::size_t kParties = 4;
inline constexpr std::size_t kByHand = 3;

struct Step {
  std::size_t party = 0;
  std::uint64_t number = 0;  ///< all chance is drawn from it
};

struct Action {
  enum class Kind : std::uint8_t {
    nothing,
    open,
    commit,
    rollback,
    find,
    delete_outbox,
    purge,
    kill,       ///< of the party's connection, by the server
    hand_lock,  ///< of what `request` names, in the transaction that is open
    hand_end,
  };
  Kind kind = Kind::nothing;
  OpenRequest request = {};
  WriteSet writes = {};
  FindRequest find = {};
  std::vector<std::uint64_t> serials = {};
  PurgeRequest purge = {};
};
std::string text_of(const Action& action);

enum class PartyState : std::uint8_t { idle, in_transaction, waiting };
struct Party {
  PartyState state = PartyState::idle;
  OpenRequest request = {};           ///< of its transaction, or of what it waits for
  std::optional<Opened> opened = {};  ///< set: it believes to be in a transaction
};

/// What both worlds know alike.
struct Knowledge {
  DbTime base{};  ///< when the history began; all times are whole hours from it
  std::array<Party, kParties> parties = {};
  std::vector<std::uint64_t> serials = {};  ///< of outbox rows, as they were given
  std::uint32_t events = 0;                 ///< planned so far: each has a number of its own
};

Action plan(const Step& step, Knowledge& knowledge);

}  // namespace delta
