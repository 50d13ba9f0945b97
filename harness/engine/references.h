// References from the tables into other stores that lead nowhere.
#pragma once

#include "harness/checkers/checker.h"

namespace aftershock {

/// Artifacts that an accepted completion calls stored, and that nobody can read any more: they are
/// gone, or no longer what they were put as.
std::uint64_t dangling_references(const FinalRead& read);

}  // namespace aftershock
