#include "core/checkpoint.h"

#include <nlohmann/json.hpp>

namespace delta {

bool is_sound(const Checkpoint& checkpoint, const JobSpec& job) {
  const std::string& state = checkpoint.state;
  if (checkpoint.steps == 0 || checkpoint.steps >= job.steps.size()) return false;
  return state.size() <= Checkpoint::kLargestState &&
         (state.empty() || nlohmann::json::accept(state));
}

}  // namespace delta
