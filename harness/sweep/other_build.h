// The same drill by another build of this program.
#pragma once

#include <cstdint>
#include <string>

namespace aftershock::sweep {

/// The digest of `PROGRAM run PATH --seed N --json --quiet`; or in brackets what came instead.
/// Blocks until the program has ended.
std::string digest_by(const std::string& program, const std::string& path, std::uint64_t seed);

}  // namespace aftershock::sweep
