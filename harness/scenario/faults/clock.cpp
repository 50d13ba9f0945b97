// clock.*: the monotonic clocks of hosts, which run at their own rate and only ever go forward.
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 2> kDriftNames{"slow", "fast"};

Field rate() {
  Field field = percent_parameter("rate", "By how much it runs too slow or too fast.");
  field.max = 900'000;
  return field;
}

}  // namespace

std::vector<FaultInfo> clock_faults() {
  const std::vector<Role> programs{Role::kOrchestrator, Role::kRunner};
  return {
      {"clock.drift", "The monotonic clock of the targets' hosts runs at another rate.", programs,
       true,
       fault_parameters({rate(), choice_parameter("direction", "Slow or fast.", kDriftNames)})},
      {"clock.jump",
       "The monotonic clock of the targets' hosts jumps forward and stays ahead, as after a "
       "virtual machine was resumed.",
       programs, false, fault_parameters({time_parameter("by", "How far.", 1us)})},
  };
}

}  // namespace aftershock
