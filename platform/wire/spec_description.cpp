#include "platform/wire/spec_description.h"

#include "platform/wire/schedule_description.h"

namespace delta::wire {

JobNames::JobNames(const Json::List& jobs) {
  for (std::uint32_t i = 0; i < jobs.size(); ++i) {
    const auto* job = std::get_if<Json::Object>(&jobs[i].value);
    const Json* name = job == nullptr ? nullptr : wire::find(*job, "name");
    const auto* text = name == nullptr ? nullptr : std::get_if<std::string>(&name->value);
    if (text != nullptr) index_.emplace(*text, i);
  }
}

std::optional<std::uint32_t> JobNames::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string_view> JobNames::all() const {
  std::vector<std::string_view> names;
  for (const auto& [name, index] : index_) names.push_back(name);
  return names;
}

void JsonWriter::value(const SharedSpec& spec) { value(*spec); }

void JsonWriter::value(const SharedSchedule& spec) { value(*spec); }

void JsonReader::value(SharedSchedule& spec) {
  ScheduleSpec written;
  value(written);
  if (std::string wrong = problem(written); !wrong.empty()) fail(wrong);
  spec = std::make_shared<const ScheduleSpec>(std::move(written));
}

void JsonReader::value(SharedSpec& spec) {
  RunSpec written;
  value(written);
  auto prepared = prepare(std::move(written));
  if (!prepared) fail(prepared.error());
  spec = std::move(*prepared);
}

}  // namespace delta::wire
