// The part of the format that says what goes wrong and what is done about it.
#include "harness/scenario/disaster_schema.h"

#include "harness/alerts/alert_rules.h"
#include "harness/culprit.h"
#include "harness/marks/marks.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/fields.h"
#include "harness/scenario/step_catalogue.h"

namespace aftershock {
namespace {

using namespace fields;
using namespace std::chrono_literals;

/// A field's choices live as long as the program: keep the list in a static.
template <class Catalogue>
std::vector<std::string_view> names_in(const Catalogue& catalogue) {
  std::vector<std::string_view> names;
  for (const auto& entry : catalogue) names.push_back(entry.name);
  return names;
}

std::span<const std::string_view> fault_names() {
  static const std::vector<std::string_view> names = names_in(fault_catalogue());
  return names;
}

std::span<const std::string_view> alert_names() {
  static const std::vector<std::string_view> names = names_in(alert_rules());
  return names;
}

Field target() {
  Field value{.key = "value",
              .type = FieldType::kSelection,
              .description =
                  "fixed: how many, or which, as a list of indexes from 0. "
                  "fixed_percent: how many percent. random: at most how many percent.",
              .required = false};
  return map("target", "Which processes it hits.",
             {choice("role", "Their role.", kRoleNames),
              choice("mode", "Which of them.", kTargetModeNames), std::move(value)});
}

Field parameters(std::string description) {
  return {.key = "parameters",
          .type = FieldType::kParameters,
          .description = std::move(description),
          .required = false};
}

Field barrier() {
  return map(
      "barrier",
      "Waits, from 'at' on, for this moment of the world; with mode 'one' the target is the "
      "process that reached it.",
      {choice("name", "The moment.", kBarrierNames),
       count("skip", "Lets so many of them go by first.", 0, 1'000'000, "0"),
       duration("within", "Without it until then the fault does not happen.", 1s, 24h, "60s")});
}

Field stagger() {
  return map("stagger", "Hits the targets one after another (swizzle).",
             {duration("start", "From the first to the last, at most.", 0s, 1h, "0s"),
              duration("heal", "The same for the healing, in another order.", 0s, 1h, "0s")});
}

Field range(std::string key, std::string description) {
  return map(std::move(key), std::move(description),
             {duration("min", "Shortest.", 1ms, 24h), duration("max", "Longest.", 1ms, 24h)});
}

}  // namespace

Field faults_field() {
  return list("faults", "What goes wrong, and when.", 1,
              {optional(name("id", "Unique in the file; f1, f2, ... by position when absent.")),
               choice("fault", "The kind of fault.", fault_names()), target(),
               duration("at", "When it starts, after time 0 (the end of warm_up).", 0s, 720h),
               optional(barrier()),
               optional(duration("duration", "How long it lasts, when it lasts.", 1ms, 720h)),
               optional(stagger()), parameters("Depends on the fault.")});
}

Field nemesis_field() {
  return map("nemesis", "Random faults, drawn by the seed; afterwards the cluster has to recover.",
             {duration("start", "When it begins, after time 0.", 0s, 720h),
              duration("length", "For how long faults begin; none lasts beyond its end.", 1s, 720h),
              choice("mode",
                     "recoverable: afterwards everything must end. safety_only: no objective and "
                     "no recovery is asked for, and faults may lose data.",
                     kNemesisModeNames, "recoverable"),
              percent("swarm",
                      "Each entry is left out of a whole drill unless this share keeps it.", "50%"),
              count("at_once", "Most faults side by side: the budget.", 1, 100, "3"),
              list("faults", "What may go wrong, and how often.", 1,
                   {choice("fault", "The kind of fault.", fault_names()), target(),
                    duration("every", "Between two of them, on the average.", 100ms, 24h),
                    optional(range("duration", "How long it lasts, drawn evenly.")),
                    parameters("Depends on the fault.")})});
}

Field runbook_field() {
  static const std::vector<std::string_view> steps = names_in(step_catalogue());
  return list(
      "runbook", "What is done about it, by whom, and when.", 1,
      {optional(name("id", "Unique in the file; s1, s2, ... by position when absent.")),
       choice("step", "What is done.", steps), choice("by", "By whom.", kStepByNames),
       map("after", "What makes them begin: exactly one of these.",
           {optional(duration("time", "A time, after time 0.", 0s, 720h)),
            optional(choice("alert", "An alert that fires.", alert_names())),
            optional(name("step", "The id of an earlier step that is done."))}),
       duration("delay", "Assumed: until they have noticed, decided and begun.", 0s, 24h, "0s"),
       parameters("Depends on the step.")});
}

Field recovery_order_field() {
  return list("recovery_order",
              "Roles in the order in which they are started again: none before all of those above "
              "it are ready.",
              2,
              {choice("role", "Whose processes.", kRoleNames),
               optional(duration("within", "From their start until they are ready.", 1s, 24h))});
}

Field checklist_field() {
  return list("checklist", "What is looked at after the recovery; each has to be well.", 1,
              {choice("check", "What.", kCheckNames)});
}

Field exercises_field() {
  static const std::vector<std::string_view> marks = names_in(mark_catalogue());
  return list("exercises", "Rare paths that the drill takes; without them it is inconclusive.", 1,
              {choice("mark", "The path: see aftershock list --marks.", marks),
               count("at_least", "How often.", 1, 1'000'000, "1")});
}

Field detection_field() {
  Field diagnosis = optional(choice(
      "diagnosis", "What the runbook's checklist must point at when it fires.", kCulpritNames));
  return list(
      "detection", "Alerts that must fire, and what they must lead to.", 1,
      {choice("alert", "The alert: see aftershock alerts.", alert_names()),
       duration("within", "From the first fault's effect.", 1s, 24h), std::move(diagnosis)});
}

}  // namespace aftershock
