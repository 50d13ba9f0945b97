// Describing steps and finding where two step logs part.
#include "simulator/kernel/step_log.h"

#include <algorithm>

namespace aftershock::sim {
namespace {

constexpr std::size_t kContext = 5;  ///< common steps shown before a divergence

std::string describe_at(const StepLog& log, std::size_t index) {
  if (index >= log.steps().size()) return "(ends after " + std::to_string(index) + " steps)";
  return log.describe(log.steps()[index]);
}

}  // namespace

std::string_view StepLog::fiber_name(std::uint64_t fiber) const {
  const auto name = names_.find(fiber);
  return name != names_.end() ? std::string_view(name->second) : "kernel";
}

std::string StepLog::describe(const Step& step, SimTime zero) const {
  std::string text = "#" + std::to_string(step.number) + " ";
  text += delta::format_duration(step.time - zero);
  text.append(" ").append(name_of(step.kind)).append(" by ").append(fiber_name(step.fiber));
  text += " (" + std::to_string(step.fiber) + ") value " + std::to_string(step.value);
  return text;
}

std::optional<Divergence> first_divergence(const StepLog& left, const StepLog& right) {
  const std::vector<Step>& a = left.steps();
  const std::vector<Step>& b = right.steps();
  // A step's digest covers all before it, so the first digest that differs is the first step.
  const auto [in_a, in_b] =
      std::mismatch(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Step& x, const Step& y) { return x.digest == y.digest; });
  if (in_a == a.end() && in_b == b.end()) return std::nullopt;

  const auto index = static_cast<std::size_t>(in_a - a.begin());
  std::string text = "the runs part at step " + std::to_string(index + 1) + "\n";
  for (std::size_t i = index > kContext ? index - kContext : 0; i < index; ++i) {
    text += "  both:  " + left.describe(a[i]) + "\n";
  }
  text += "  left:  " + describe_at(left, index) + "\n";
  text += "  right: " + describe_at(right, index) + "\n";
  return Divergence{index + 1, std::move(text)};
}

}  // namespace aftershock::sim
