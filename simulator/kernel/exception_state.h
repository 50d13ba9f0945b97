// The C++ runtime's exception state (Itanium ABI), which Boost 1.74 does not keep per fiber.
#pragma once

#include <cxxabi.h>

namespace aftershock::sim {

/// What `throw;` rethrows and uncaught_exceptions() counts. Laid out as __cxa_eh_globals, which
/// the ABI fixes but <cxxabi.h> only declares.
struct ExceptionState {
  void* caught = nullptr;
  unsigned int uncaught = 0;

  /// The calling OS thread's state. The address is constant in a thread.
  static ExceptionState* of_this_thread() {
    return reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
  }
};

}  // namespace aftershock::sim
