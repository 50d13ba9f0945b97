#include "core/states.h"

namespace delta {

namespace {

template <std::size_t N, class State>
std::string_view pick(const std::array<std::string_view, N>& names, State state) {
  return names.at(static_cast<std::size_t>(state));
}

}  // namespace

std::string_view name_of(RunState state) {
  static constexpr std::array<std::string_view, kRunStates> names{
      "queued", "running", "cancel_requested", "succeeded", "failed", "timed_out", "cancelled"};
  return pick(names, state);
}

std::string_view name_of(JobState state) {
  static constexpr std::array<std::string_view, 6> names{"open",      "succeeded", "failed",
                                                         "timed_out", "cancelled", "skipped"};
  return pick(names, state);
}

std::string_view name_of(AttemptState state) {
  static constexpr std::array<std::string_view, kAttemptStates> names{
      "waiting",   "queued", "leased",    "starting", "running",   "uploading", "cancel_requested",
      "succeeded", "failed", "timed_out", "lost",     "cancelled", "skipped"};
  return pick(names, state);
}

std::string_view name_of(LeaseState state) {
  static constexpr std::array<std::string_view, 7> names{
      "none", "granted", "active", "completed", "cancelled", "expired", "revoked"};
  return pick(names, state);
}

}  // namespace delta
