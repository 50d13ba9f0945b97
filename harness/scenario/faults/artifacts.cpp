// artifacts.*
#include "harness/scenario/faults/families.h"

namespace aftershock {

using namespace std::chrono_literals;

std::vector<FaultInfo> artifact_faults() {
  const std::vector<Role> store{Role::kArtifacts};
  return {
      {"artifacts.outage", "The artifact store refuses every request.", store, true,
       fault_parameters()},
      {"artifacts.error", "A share of requests is answered with an error; trying again may help.",
       store, true,
       fault_parameters({percent_parameter("percent", "Share of requests that fail.", "100%")})},
      {"artifacts.slow", "Every request is served later.", store, true,
       fault_parameters({time_parameter("latency", "Added to each request.", 1ms)})},
      {"artifacts.permission", "Nobody may upload anything; what is stored can be read.", store,
       true, fault_parameters()},
      {"artifacts.retention", "What is stored for longer than an age is deleted.", store, true,
       fault_parameters({time_parameter("age", "Older artifacts are deleted.", 0ms)})},
      {"artifacts.corrupt", "A bit flips in a share of the artifacts that are uploaded.", store,
       true, fault_parameters({percent_parameter("percent", "Share of uploads damaged.", "100%")})},
      {"artifacts.partial_upload", "The connection breaks in the middle of a share of the uploads.",
       store, true,
       fault_parameters({percent_parameter("percent", "Share of uploads cut off.", "100%"),
                         flag_parameter("visible", "The part that arrived can be read.", false)})},
  };
}

}  // namespace aftershock
