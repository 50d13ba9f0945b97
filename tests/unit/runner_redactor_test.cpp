// The redactor: no piece of a secret comes through, wherever the text is cut.
#include "runner/redactor.h"

#include <gtest/gtest.h>

#include "core/base64.h"
#include "core/rng.h"

namespace delta {
namespace {

using Secrets = std::map<std::string, std::string>;

/// Fed in pieces of this size.
std::string redacted(const Secrets& secrets, const std::string& text, std::size_t piece) {
  Redactor redactor(secrets);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    out += redactor.feed(std::string_view(text).substr(at, piece));
  }
  return out + redactor.finish();
}

/// The same, whatever the size of the pieces.
void expect_redacted(const Secrets& secrets, const std::string& text, const std::string& wanted) {
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(redacted(secrets, text, piece), wanted) << "in pieces of " << piece;
  }
}

TEST(Redactor, replaces_values_however_the_text_is_cut) {
  expect_redacted({{"KEY", "hunter22"}}, "a hunter22 b hunter22", "a *** b ***");
  expect_redacted({{"KEY", "hunter22"}}, "hunter2 and more", "hunter2 and more");
  expect_redacted({{"KEY", "hunter22"}}, "hunterhunter22", "hunter***");
}

TEST(Redactor, leaves_nothing_of_values_that_overlap_or_contain_each_other) {
  const Secrets secrets{{"A", "abcd"}, {"B", "cdef"}, {"C", "xabcdx"}};
  expect_redacted(secrets, "1 abcdef 2", "1 *** 2");
  expect_redacted(secrets, "1 xabcdx 2", "1 *** 2");
  expect_redacted(secrets, "1 xabcdef 2", "1 x*** 2");
  expect_redacted(secrets, "abcdabcd", "***");
}

TEST(Redactor, finds_base64_of_a_value_within_other_text) {
  const std::string value = "s3cret/value";
  const Secrets secrets{{"KEY", value}};
  for (const std::string before : {"", "u", "u:", "us:", "user:"}) {
    for (const std::string after : {"", "!", "!!"}) {
      const std::string out = redacted(secrets, "Basic " + base64(before + value + after), 5);
      EXPECT_NE(out.find("***"), std::string::npos) << before << after;
      // What is left are the neighbours' digits, and those that they share with the value.
      const std::size_t most = 6 + 3 + base64(before).size() + base64(after).size() + 4;
      EXPECT_LE(out.size(), most) << out;
    }
  }
}

TEST(Redactor, leaves_text_alone_without_secrets_or_with_one_that_is_too_short) {
  EXPECT_EQ(Redactor({}).feed("at once"), "at once");
  expect_redacted({{"KEY", "abc"}, {"NONE", ""}}, "abc abc", "abc abc");
}

TEST(Redactor, keeps_back_no_more_than_could_begin_a_value) {
  Redactor redactor({{"KEY", std::string(30, 'k')}});
  std::string out = redactor.feed(std::string(1000, 'a'));
  EXPECT_GT(out.size(), 1000U - 50U) << "a value of 30 bytes has 40 digits in base64";
}

TEST(Redactor, lets_no_value_through_in_random_text) {
  Rng rng(7);
  const Secrets secrets{{"A", "aabab"}, {"B", "babba"}};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    while (text.size() < 60) text += rng.below(2) == 0 ? 'a' : 'b';
    const std::string out = redacted(secrets, text, 1 + rng.below(12));
    EXPECT_EQ(out, redacted(secrets, text, text.size())) << text;
    for (const auto& [name, value] : secrets) {
      EXPECT_EQ(out.find(value), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace delta
