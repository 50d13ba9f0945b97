// Drift, jumps, and what they do to those who wait.
#include "simulator/world/host_clock.h"

#include <algorithm>

#include "core/check.h"

namespace aftershock::sim {

namespace {

constexpr std::int64_t kMillion = 1'000'000;
/// Hours of nanoseconds times a million do not fit into 64 bits.
__extension__ using Wide = __int128;

}  // namespace

delta::Duration HostClock::scaled(delta::Duration elapsed) const {
  const Wide shown = static_cast<Wide>(elapsed.count()) * (kMillion + drift_ppm_) / kMillion;
  return delta::Duration(static_cast<std::int64_t>(shown));
}

SimTime HostClock::to_sim(delta::MonoTime time) const {
  if (time == delta::kNoDeadline) return kForever;
  const delta::Duration ahead = time - shown_then_;
  // What was to come before a jump is due now; the kernel knows no time before its beginning.
  if (ahead <= delta::Duration(0)) return std::max(since_ + ahead, SimTime{});
  if (drift_ppm_ == 0) return since_ + ahead;
  // Rounded up: who is woken then must find that the time has come.
  const std::int64_t rate = kMillion + drift_ppm_;
  const Wide elapsed = (static_cast<Wide>(ahead.count()) * kMillion + rate - 1) / rate;
  return since_ + delta::Duration(static_cast<std::int64_t>(elapsed));
}

void HostClock::note_read(delta::MonoTime time) {
  ++wrong_reads_;
  last_error_ = time.time_since_epoch() - kernel_.now().time_since_epoch();
}

void HostClock::rebase() {
  shown_then_ = now();
  since_ = kernel_.now();
}

void HostClock::changed() {
  is_off_ = drift_ppm_ != 0 || shown_then_.time_since_epoch() != since_.time_since_epoch();
  for (Link<ClockTag>* link = waiting_.next(); link != &waiting_; link = link->next()) {
    static_cast<ClockQueue&>(*link).notify_all();
  }
}

void HostClock::add_drift(std::int64_t ppm) {
  CHECK(drift_ppm_ + ppm > -kMillion);
  rebase();
  drift_ppm_ += ppm;
  changed();
}

void HostClock::jump(delta::Duration by) {
  CHECK(by >= delta::Duration(0));
  rebase();
  shown_then_ += by;
  changed();
}

}  // namespace aftershock::sim
