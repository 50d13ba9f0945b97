// secrets.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

std::vector<FaultInfo> secret_faults() {
  const std::vector<Role> store{Role::kSecrets};
  return {
      {"secrets.outage", "The secrets store refuses every request.", store, true,
       fault_parameters()},
      {"secrets.error", "A share of requests is answered with an error; trying again may help.",
       store, true,
       fault_parameters({percent_parameter("percent", "Share of requests that fail.", "100%")})},
      {"secrets.slow", "Every request is served later.", store, true,
       fault_parameters({time_parameter("latency", "Added to each request.", 1ms)})},
  };
}

}  // namespace aftershock
