// clock.*: the monotonic clocks of programs, which run at their own rate and only ever go forward;
// and the wall clock of the database, which may go anywhere.
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 2> kDriftNames{"slow", "fast"};
constexpr std::array<std::string_view, 2> kOffsetNames{"ahead", "behind"};

Field rate() {
  Field field = percent_parameter("rate", "By how much it runs too slow or too fast.");
  field.max = 900'000;
  return field;
}

}  // namespace

std::vector<FaultInfo> clock_faults() {
  const std::vector<Role> programs{Role::kOrchestrator, Role::kScheduler, Role::kRunner};
  return {
      {"clock.drift", "The monotonic clock of the targets' hosts runs at another rate.", programs,
       true,
       fault_parameters({rate(), choice_parameter("direction", "Slow or fast.", kDriftNames)})},
      {"clock.offset",
       "The database's clock, which all leases are judged by, is wrong for the duration.",
       {Role::kDatabase},
       true,
       fault_parameters({time_parameter("by", "By how much.", 1us),
                         choice_parameter("direction", "Ahead or behind.", kOffsetNames)})},
      {"clock.strobe",
       "The database's clock jumps ahead and back again, over and over.",
       {Role::kDatabase},
       true,
       fault_parameters({time_parameter("by", "How far ahead.", 1us),
                         time_parameter("period", "From one jump to the next.", 1ms)})},
      {"clock.jump",
       "The monotonic clock of the targets' hosts jumps forward and stays ahead, as after a "
       "virtual machine was resumed.",
       programs, false, fault_parameters({time_parameter("by", "How far.", 1us)})},
  };
}

}  // namespace aftershock
