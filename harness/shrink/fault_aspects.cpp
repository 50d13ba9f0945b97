// What about single faults and single steps of the runbook may be simpler.
#include <algorithm>

#include "core/check.h"
#include "harness/injections.h"
#include "harness/scenario/fault_catalogue.h"
#include "harness/scenario/step_catalogue.h"
#include "harness/scenario/view.h"
#include "harness/shrink/aspects.h"
#include "harness/shrink/simpler.h"

namespace aftershock::shrink {
namespace {

using delta::Duration;
using delta::Parameters;
using namespace std::chrono_literals;

using Indexes = std::vector<std::uint32_t>;

TargetSpec named(Role role, Indexes indexes) {
  return {.role = role, .mode = TargetMode::kFixed, .fixed = std::move(indexes)};
}

/// Fewer targets than these.
std::vector<TargetSpec> fewer_targets(Role role, const Indexes& now) {
  const auto half = now.begin() + static_cast<std::ptrdiff_t>(now.size() / 2);
  std::vector<TargetSpec> all{named(role, {now.front()}), named(role, {now.back()}),
                              named(role, {now.begin(), half}), named(role, {half, now.end()})};
  constexpr std::size_t few = 8;
  for (std::size_t i = 0; i < now.size() && now.size() <= few; ++i) {
    Indexes rest = now;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    all.push_back(named(role, std::move(rest)));
  }
  return all;
}

/// Only one process of a role is hit by whatever names a target of it.
std::vector<TargetSpec> simpler_targets(const FaultSpec& fault, std::uint32_t population) {
  const TargetSpec& now = fault.target;
  if (hits_who_reaches_barrier(fault)) return {};
  if (population == 1) {
    if (now.mode == TargetMode::kAll || now.mode == TargetMode::kOne) return {};
    return {{.role = now.role, .mode = TargetMode::kOne, .fixed = {}}};
  }
  if (now.mode == TargetMode::kOne) return {named(now.role, {0})};
  if (now.fixed.size() == 1) return {};
  Indexes hit = now.fixed;
  if (hit.empty()) {
    for (std::uint32_t i = 0; i < population; ++i) hit.push_back(i);
  }
  std::vector<TargetSpec> all = fewer_targets(now.role, hit);
  if (now.fixed.size() == population)
    all.push_back({.role = now.role, .mode = TargetMode::kAll, .fixed = {}});
  return all;
}

std::vector<std::int64_t> simpler_numbers(const Field& field, std::int64_t now) {
  std::vector<std::int64_t> all;
  if (!field.fallback.empty()) {
    all.push_back(read_scalar(field, field.fallback).value());
    if (all.back() == now) return {};
  }
  if (field.type == FieldType::kDuration) {
    for (const Duration each : simpler_durations(Duration(now), Duration(field.min))) {
      all.push_back(each.count());
    }
  } else if (field.type == FieldType::kCount) {
    const auto least = static_cast<std::uint32_t>(field.min);
    for (const auto each : smaller_counts(static_cast<std::uint32_t>(now), least)) {
      all.push_back(each);
    }
  } else if (field.type == FieldType::kPercent) {
    for (const auto each : rounder_shares(static_cast<std::uint32_t>(now))) all.push_back(each);
  }
  return all;
}

Parameters without(const Parameters& given, const Field& map, const std::string& key) {
  Parameters rest;
  for (const Field& field : map.fields) {
    if (field.key != key && given.has(field.key)) rest.set(field.key, given.number(field.key));
  }
  return rest;
}

/// One parameter of a map of them.
std::vector<Parameters> simpler_parameters(const Parameters& now, const Field& map,
                                           const Field& field) {
  std::vector<Parameters> all;
  if (!now.has(field.key) || field.type == FieldType::kName) return all;
  if (!field.required && field.fallback.empty()) all.push_back(without(now, map, field.key));
  for (const std::int64_t value : simpler_numbers(field, now.number(field.key))) {
    all.push_back(now);
    all.back().set(field.key, value);
  }
  return all;
}

std::vector<std::optional<BarrierSpec>> simpler_barriers(const std::optional<BarrierSpec>& now) {
  if (!now) return {};
  constexpr Duration usual = 60s;  // the format's default
  std::vector<std::optional<BarrierSpec>> all{std::nullopt};
  for (const std::uint32_t skip : smaller_counts(now->skip, 0)) {
    all.push_back(now);
    all.back()->skip = skip;
  }
  if (now->within != usual) {
    all.push_back(now);
    all.back()->within = usual;
  }
  return all;
}

std::vector<std::optional<Duration>> simpler_lengths(const std::optional<Duration>& now) {
  std::vector<std::optional<Duration>> all;
  if (!now) return all;
  for (const Duration each : simpler_durations(*now, 1ms)) all.emplace_back(each);
  return all;
}

void add_fault(std::size_t index, const FaultSpec& fault, std::vector<Aspect>& all) {
  const auto name = [&fault](const char* what) { return std::string(what) + " of " + fault.id; };
  all.push_back({name("targets"), [index](const Scenario& scenario) {
                   const FaultSpec& now = scenario.faults.at(index);
                   std::vector<Scenario> simpler;
                   const std::uint32_t population = scenario.cluster.count(now.target.role);
                   for (const TargetSpec& target : simpler_targets(now, population)) {
                     simpler.push_back(scenario);
                     simpler.back().faults[index].target = target;
                   }
                   return simpler;
                 }});
  all.push_back(aspect_of(
      name("barrier"), [index](Scenario& s) -> auto& { return s.faults[index].barrier; },
      simpler_barriers));
  all.push_back(aspect_of(
      name("stagger"), [index](Scenario& s) -> auto& { return s.faults[index].stagger; },
      [](const StaggerSpec&) { return std::vector<StaggerSpec>{{}}; }));
  all.push_back(aspect_of(
      name("begin"), [index](Scenario& s) -> auto& { return s.faults[index].at; },
      [](Duration now) { return simpler_durations(now, 0s); }));
  all.push_back(aspect_of(
      name("duration"), [index](Scenario& s) -> auto& { return s.faults[index].duration; },
      simpler_lengths));
  const Field& map = fault_info(fault.kind).parameters;
  for (const Field& field : map.fields) {
    all.push_back(aspect_of(
        name(field.key.c_str()),
        [index](Scenario& s) -> auto& { return s.faults[index].parameters; },
        [&map, &field](const Parameters& now) { return simpler_parameters(now, map, field); }));
  }
}

void add_step(std::size_t index, const StepSpec& step, std::vector<Aspect>& all) {
  all.push_back(aspect_of(
      "delay of " + step.id, [index](Scenario& s) -> auto& { return s.runbook[index].delay; },
      [](Duration now) { return simpler_durations(now, 0s); }));
  all.push_back(aspect_of(
      "time of " + step.id, [index](Scenario& s) -> auto& { return s.runbook[index].after.time; },
      simpler_lengths));
  const auto info = std::ranges::find(step_catalogue(), step.kind, &StepInfo::name);
  CHECK(info != step_catalogue().end());
  const Field& map = info->parameters;
  for (const Field& field : map.fields) {
    all.push_back(aspect_of(
        field.key + " of " + step.id,
        [index](Scenario& s) -> auto& { return s.runbook[index].parameters; },
        [&map, &field](const Parameters& now) { return simpler_parameters(now, map, field); }));
  }
}

}  // namespace

std::vector<Aspect> fault_aspects(const Scenario& scenario) {
  std::vector<Aspect> all;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) add_fault(i, scenario.faults[i], all);
  return all;
}

std::vector<Aspect> step_aspects(const Scenario& scenario) {
  std::vector<Aspect> all;
  for (std::size_t i = 0; i < scenario.runbook.size(); ++i) {
    add_step(i, scenario.runbook[i], all);
  }
  return all;
}

}  // namespace aftershock::shrink
