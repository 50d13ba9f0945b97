// CHECK: an assertion that stays on in release builds.
#pragma once

#include <string>

namespace delta {

/// A broken assertion. Deliberately not a std::exception: only the simulator's fiber trampoline
/// and each program's main() may catch it, so that no `catch (const std::exception&)` hides a bug.
struct CheckFailed {
  std::string what;       ///< "file:line: CHECK(expression) message"
  const char* invariant;  ///< the invariant of docs/MEASUREMENT.md that it guards, or "assertion"
};

[[noreturn]] void check_failed(const char* file, int line, const char* expression,
                               const char* invariant, const std::string& message = {});

}  // namespace delta

/// Throws CheckFailed unless `condition` holds.
#define CHECK(condition)                                                  \
  do {                                                                    \
    if (!(condition)) [[unlikely]] {                                      \
      ::delta::check_failed(__FILE__, __LINE__, #condition, "assertion"); \
    }                                                                     \
  } while (false)

/// The same, naming the invariant that a failure breaks and saying what was seen.
#define CHECK_INVARIANT(invariant, condition, message)                             \
  do {                                                                             \
    if (!(condition)) [[unlikely]] {                                               \
      ::delta::check_failed(__FILE__, __LINE__, #condition, invariant, (message)); \
    }                                                                              \
  } while (false)
