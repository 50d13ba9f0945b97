#include "harness/cli/interrupt.h"

#include <signal.h>

#include <initializer_list>

namespace aftershock::cli {
namespace {

// A signal handler can reach nothing but a global.
volatile sig_atomic_t signalled = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

extern "C" void remember(int) { signalled = 1; }

}  // namespace

void watch_for_interrupts() {
  struct sigaction action{};
  action.sa_handler = remember;
  // SA_RESETHAND is the sign bit, unsigned in the system's header.
  action.sa_flags = static_cast<int>(static_cast<unsigned>(SA_RESETHAND) | SA_RESTART);
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction inherited{};
    sigaction(number, nullptr, &inherited);
    // Whoever started us listens for both of us, as a sweep does.
    if (inherited.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
  }
}

bool interrupted() { return signalled != 0; }

}  // namespace aftershock::cli
