// A value as people write it in a scenario file.
#pragma once

#include <cstdint>
#include <string>

#include "harness/scenario/schema.h"

namespace aftershock {

/// The inverse of read_scalar(): "1m30s", "0.5%", "18/min", "true", the choice's name. The value
/// must be one that read_scalar() gives for a field of this type (CHECK). Not for text.
std::string write_scalar(const Field& field, std::int64_t value);

}  // namespace aftershock
