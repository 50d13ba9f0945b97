// A run that people write, in YAML or JSON, read strictly: mistakes are shown where they are.
#pragma once

#include <expected>
#include <istream>
#include <string>

#include "core/run_spec.h"

namespace delta::client {

/// The errors of a file, ready to print.
using SpecErrors = std::string;

/// `file`: a path, or "-" for `in`.
std::expected<SharedSpec, SpecErrors> load_spec(const std::string& file, std::istream& in);

/// `name` is how the errors call the text.
std::expected<SharedSpec, SpecErrors> parse_spec(const std::string& name, const std::string& text);

}  // namespace delta::client
