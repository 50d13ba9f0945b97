// The small languages of scenario values: what they mean and what they refuse.
#include "harness/scenario/text.h"

#include <gtest/gtest.h>

namespace aftershock {
namespace {

using namespace std::chrono_literals;

TEST(ScenarioValues, ReadsDurationsExactly) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("1m30s"), 90s);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("0.000000001s"), 1ns);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("200us"), 200us);
  EXPECT_EQ(parse_duration("1d2h3m4s5ms6us7ns"), 26h + 3min + 4s + 5ms + 6us + 7ns);
  EXPECT_EQ(parse_duration("0s"), 0s);
  EXPECT_EQ(parse_duration("365d"), kLongestDuration);
}

TEST(ScenarioValues, RefusesOtherDurations) {
  for (const char* text : {"",
                           "s",
                           "90",
                           "-1s",
                           "1s1m",
                           "1s1s",
                           "1 s",
                           "1S",
                           "1.s",
                           ".5s",
                           "1e3s",
                           "+1s",
                           "0.5ns",
                           "366d",
                           "365d1ns",
                           "1s ",
                           "1m30",
                           "0.1234567890123456s",
                           "18446744073709551617ns",
                           "99999999999999999999999999999999999999d"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_EQ(parse_duration("90").error().hint, "write 90s");
  EXPECT_EQ(parse_duration("90x").error().message, "unknown unit 'x'; units are d h m s ms us ns");
}

TEST(ScenarioValues, ReadsARateAsTheTimeBetweenTwo) {
  EXPECT_EQ(parse_rate("0.5/s"), 2s);
  EXPECT_EQ(parse_rate("30/min"), 2s);
  EXPECT_EQ(parse_rate("6/h"), 10min);
  EXPECT_EQ(parse_rate("3/s"), 333'333'333ns);
  EXPECT_EQ(parse_rate("1000/s"), 1ms);
  for (const char* text : {"", "5", "0/s", "-1/s", "1/d", "1 /s", "1001/s", "0.0000001/h"}) {
    EXPECT_FALSE(parse_rate(text)) << text;
  }
}

TEST(ScenarioValues, ReadsAPercentageAsPartsPerMillion) {
  EXPECT_EQ(parse_percent("2%"), 20'000U);
  EXPECT_EQ(parse_percent("0.5%"), 5'000U);
  EXPECT_EQ(parse_percent("0.0001%"), 1U);
  EXPECT_EQ(parse_percent("100%"), 1'000'000U);
  for (const char* text : {"", "2", "%", "-1%", "100.0001%", "0.00001%", "2 %", "2%%"}) {
    EXPECT_FALSE(parse_percent(text)) << text;
  }
}

TEST(ScenarioValues, ReadsPlainCountsOnly) {
  EXPECT_EQ(parse_count("0"), 0U);
  EXPECT_EQ(parse_count("4294967295"), 4'294'967'295U);
  for (const char* text :
       {"", "-1", "+1", "1.0", "010", "0x10", "1_000", "4294967296", "99999999999999999999"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
}

TEST(ScenarioValues, SuggestsOnlyWhatIsNear) {
  const std::vector<std::string_view> keys{"lease_ttl", "ack_window", "at"};
  EXPECT_EQ(did_you_mean("lease_tll", keys), "did you mean 'lease_ttl'?");
  EXPECT_EQ(did_you_mean("leasettl", keys), "did you mean 'lease_ttl'?");
  EXPECT_EQ(did_you_mean("ta", keys), "did you mean 'at'?");
  EXPECT_EQ(did_you_mean("timeout", keys), std::nullopt);
  EXPECT_EQ(did_you_mean(std::string(1'000'000, 'a'), keys), std::nullopt);
}

}  // namespace
}  // namespace aftershock
