// How the fields of the model get their names in JSON: each structure is taken apart by a
// structured binding, so that a field which is added to the model and not here does not compile.
#pragma once

#include <concepts>
#include <type_traits>

namespace aftershock {

template <class Value, class Wanted>
concept Is = std::same_as<std::remove_const_t<Value>, Wanted>;

}  // namespace aftershock
