// The table of the settings forgets none.
#include "core/setting_catalogue.h"

#include <gtest/gtest.h>

#include <set>

namespace delta {
namespace {

struct Anything {
  template <class T>
  operator T() const;  // NOLINT(google-explicit-constructor): stands for any field
};

/// How many fields an aggregate has: how many initialisers it takes.
template <class Aggregate, class... Known>
consteval std::size_t field_count() {
  if constexpr (requires { Aggregate{Known{}..., Anything{}}; }) {
    return field_count<Aggregate, Known..., Anything>();
  } else {
    return sizeof...(Known);
  }
}

TEST(SettingCatalogue, HasEveryFieldOfTheSettingsOnce) {
  std::set<std::string_view> keys;
  for (const SettingInfo& info : setting_catalogue()) {
    EXPECT_TRUE(keys.insert(info.key).second) << info.key;
    const int members = (info.duration != nullptr ? 1 : 0) + (info.count != nullptr ? 1 : 0) +
                        (info.flag != nullptr ? 1 : 0);
    EXPECT_EQ(members, 1) << info.key;
  }
  EXPECT_EQ(keys.size(), field_count<Settings>());
}

}  // namespace
}  // namespace delta
