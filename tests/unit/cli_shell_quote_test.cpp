// Words quoted for a shell: a real one must give them back.
#include "reports/shell_quote.h"

#include <gtest/gtest.h>
#include <stdio.h>

#include <array>

namespace aftershock {
namespace {

std::string what_the_shell_reads(const std::string& word) {
  FILE* shell = popen(("printf '<%s>' " + shell_quoted(word)).c_str(), "r");
  std::string out;
  std::array<char, 256> buffer{};
  for (std::size_t size = 0; (size = fread(buffer.data(), 1, buffer.size(), shell)) > 0;) {
    out.append(buffer.data(), size);
  }
  pclose(shell);
  return out;
}

TEST(ShellQuote, LeavesPlainPathsAlone) {
  EXPECT_EQ(shell_quoted("scenarios/delta-ci/a_b.yaml"), "scenarios/delta-ci/a_b.yaml");
  EXPECT_EQ(shell_quoted("../A=1:2,3@4%5+6.yaml"), "../A=1:2,3@4%5+6.yaml");
}

TEST(ShellQuote, QuotesEverythingElse) {
  EXPECT_EQ(shell_quoted("my drill.yaml"), "'my drill.yaml'");
  EXPECT_EQ(shell_quoted("it's.yaml"), "'it'\\''s.yaml'");
  EXPECT_EQ(shell_quoted("~/a.yaml"), "'~/a.yaml'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(ShellQuote, AShellReadsTheSameWord) {
  for (const char* word : {"a b", "it's", "''", "$HOME", "`id`", "a;b", "a\nb", "*", "~", "#a",
                           "!x", "a\\b", "\"", "\xC3\xA4", "&", "(a)", "{a,b}", "", "a=1"}) {
    EXPECT_EQ(what_the_shell_reads(word), "<" + std::string(word) + ">");
  }
}

}  // namespace
}  // namespace aftershock
