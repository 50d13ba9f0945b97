// The format's table: its fallbacks are sound, and the published JSON Schema is drawn from it.
#include "harness/scenario/schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "core/setting_catalogue.h"
#include "harness/scenario/fault_catalogue.h"

namespace aftershock {
namespace {

constexpr const char* kSchemaPath = "scenarios/scenario.schema.json";

TEST(ScenarioSchema, NamesEachFaultOnceWithWhatItHits) {
  std::set<std::string_view> names;
  for (const FaultInfo& info : fault_catalogue()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.roles.empty()) << info.name;
    EXPECT_EQ(&fault_info(info.name), &info);
    EXPECT_TRUE(info.lasts.empty() || info.parameters.find(info.lasts) != nullptr) << info.name;
  }
}

void expect_sound_fallbacks(const Field& field) {
  EXPECT_FALSE(field.description.empty()) << field.key;
  if (!field.fallback.empty()) {
    EXPECT_FALSE(field.required) << field.key;
    EXPECT_TRUE(read_scalar(field, field.fallback)) << field.key;
  }
  for (const Field& child : field.fields) expect_sound_fallbacks(child);
}

TEST(ScenarioSchema, HasFallbacksThatItAccepts) {
  expect_sound_fallbacks(scenario_schema());
  for (const FaultInfo& info : fault_catalogue()) expect_sound_fallbacks(info.parameters);
}

TEST(ScenarioSchema, OffersOnlyCountsThatTheSettingsAccept) {
  const Field* fields = scenario_schema().find("settings");
  ASSERT_NE(fields, nullptr);
  int counts = 0;
  for (const delta::SettingInfo& info : delta::setting_catalogue()) {
    if (info.count == nullptr) continue;
    ++counts;
    const Field* field = fields->find(info.key);
    ASSERT_NE(field, nullptr) << info.key;
    delta::Settings settings;
    for (const std::int64_t value : {field->min, field->max}) {
      settings.*info.count = static_cast<std::uint32_t>(value);
      EXPECT_TRUE(delta::problems(settings).empty()) << info.key << " " << value;
    }
    settings.*info.count = static_cast<std::uint32_t>(field->min - 1);
    EXPECT_FALSE(delta::problems(settings).empty()) << info.key;
  }
  EXPECT_EQ(counts, 3);
}

TEST(ScenarioSchema, IsPublishedAsCommitted) {
  const std::string generated = scenario_json_schema();
  if (std::getenv("UPDATE_GOLDENS") != nullptr) {
    std::ofstream(kSchemaPath, std::ios::binary) << generated;
  }
  std::ifstream stream(kSchemaPath, std::ios::binary);
  std::ostringstream committed;
  committed << stream.rdbuf();
  EXPECT_EQ(committed.str(), generated) << "run with UPDATE_GOLDENS=1 and review the difference";
}

}  // namespace
}  // namespace aftershock
