// The readers of text that people write, shared with the programs, under the harness's own name.
#pragma once

#include "platform/text/diagnostic.h"
#include "platform/text/source_text.h"
#include "platform/text/values.h"
#include "platform/text/yaml_tree.h"

namespace aftershock {

using delta::did_you_mean;
using delta::is_control;
using delta::quote;

using delta::text::Diagnostic;
using delta::text::format_diagnostics;
using delta::text::Position;
using delta::text::Problems;

using delta::text::kDeepestNesting;
using delta::text::kLargestFile;
using delta::text::Node;
using delta::text::parse_yaml;
using delta::text::read_text;

using delta::kLongestDuration;
using delta::parse_duration;
using delta::ValueError;
using delta::text::parse_count;
using delta::text::parse_percent;
using delta::text::parse_rate;
using delta::text::Parsed;
using delta::text::reads_as_number_or_flag;

}  // namespace aftershock
