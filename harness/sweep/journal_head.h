// The first line of a journal.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "harness/sweep/journal.h"

namespace aftershock::sweep {

std::string to_line(const JournalHead& head);
/// The error says what is wrong with it.
std::expected<JournalHead, std::string> head_from_line(std::string_view line);

}  // namespace aftershock::sweep
