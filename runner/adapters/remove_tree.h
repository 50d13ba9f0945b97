// Removing what a job left behind.
#pragma once

#include <string>

namespace delta {

/// Removes the folder with everything in it: read-only folders too, and folders nested deeper than
/// any path can name. Follows no link. Nothing may work in it meanwhile. False: something is left.
bool remove_tree(const std::string& path);

}  // namespace delta
