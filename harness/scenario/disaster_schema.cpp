// The part of the format that says what goes wrong and what is done about it.
#include "harness/scenario/disaster_schema.h"

#include "harness/alerts/alert_rules.h"
#include "harness/marks/marks.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/fields.h"
#include "harness/scenario/step_catalogue.h"

namespace aftershock {
namespace {

using namespace fields;
using namespace std::chrono_literals;

std::span<const std::string_view> fault_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const FaultInfo& info : fault_catalogue()) all.push_back(info.name);
    return all;
  }();
  return names;
}

std::span<const std::string_view> alert_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const AlertRule& rule : alert_rules()) all.push_back(rule.name);
    return all;
  }();
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

Field parameters() {
  return {.key = "parameters",
          .type = FieldType::kParameters,
          .description = "Depends on the fault.",
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
               optional(stagger()), parameters()});
}

Field nemesis_field() {
  return map(
      "nemesis", "Random faults, drawn by the seed; afterwards the cluster has to recover.",
      {duration("start", "When it begins, after time 0.", 0s, 720h),
       duration("length", "For how long faults begin; none lasts beyond its end.", 1s, 720h),
       choice("mode",
              "recoverable: afterwards everything must end. safety_only: no objective and "
              "no recovery is asked for, and faults may lose data.",
              kNemesisModeNames, "recoverable"),
       percent("swarm", "Each entry is left out of a whole drill unless this share keeps it.",
               "50%"),
       count("at_once", "Most faults side by side: the budget.", 1, 100, "3"),
       list("faults", "What may go wrong, and how often.", 1,
            {choice("fault", "The kind of fault.", fault_names()), target(),
             duration("every", "Between two of them, on the average.", 100ms, 24h),
             optional(range("duration", "How long it lasts, drawn evenly.")), parameters()})});
}

Field runbook_field() {
  static const std::vector<std::string_view> steps = [] {
    std::vector<std::string_view> all;
    for (const StepInfo& info : step_catalogue()) all.push_back(info.name);
    return all;
  }();
  Field parameters{.key = "parameters",
                   .type = FieldType::kParameters,
                   .description = "Depends on the step.",
                   .required = false};
  return list(
      "runbook", "What is done about it, by whom, and when.", 1,
      {optional(name("id", "Unique in the file; s1, s2, ... by position when absent.")),
       choice("step", "What is done.", steps), choice("by", "By whom.", kStepByNames),
       map("after", "What makes them begin: exactly one of these.",
           {optional(duration("time", "A time, after time 0.", 0s, 720h)),
            optional(choice("alert", "An alert that fires.", alert_names())),
            optional(name("step", "The id of an earlier step that is done."))}),
       duration("delay", "Assumed: until they have noticed, decided and begun.", 0s, 24h, "0s"),
       std::move(parameters)});
}

Field exercises_field() {
  static const std::vector<std::string_view> marks = [] {
    std::vector<std::string_view> all;
    for (const MarkInfo& info : mark_catalogue()) all.push_back(info.name);
    return all;
  }();
  return list("exercises", "Rare paths that the drill takes; without them it is inconclusive.", 1,
              {choice("mark", "The path: see aftershock list --marks.", marks),
               count("at_least", "How often.", 1, 1'000'000, "1")});
}

}  // namespace aftershock
