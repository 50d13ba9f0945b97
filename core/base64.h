// Base64 (RFC 4648, section 4), by Nettle.
#pragma once

#include <string>
#include <string_view>

namespace delta {

/// Padded with '='.
std::string base64(std::string_view bytes);

}  // namespace delta
