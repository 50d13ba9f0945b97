// A number with its noun.
#include "core/counted.h"

#include <gtest/gtest.h>

namespace delta {
namespace {

TEST(CoreCounted, OneIsNotMany) {
  EXPECT_EQ(counted(1, "lease"), "1 lease");
  EXPECT_EQ(counted(2, "lease"), "2 leases");
  EXPECT_EQ(counted(0, "late wake-up"), "0 late wake-ups");
  EXPECT_EQ(counted(1, "entry"), "1 entry");
  EXPECT_EQ(counted(12, "entry"), "12 entries");
  EXPECT_EQ(counted(3, "process"), "3 processes");
}

}  // namespace
}  // namespace delta
