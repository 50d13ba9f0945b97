// The folder of --out: checked before the first drill, written at once after the last.
#pragma once

#include <expected>
#include <string>

namespace aftershock::cli {

/// Makes the folder if it is missing and proves that the file `name` can be written in it. The
/// error says what to do.
std::expected<void, std::string> prepare_folder(const std::string& folder, const std::string& name);

/// Writes `text` to the file `name` in the folder and gives its path. Atomic: a reader sees the
/// old file or the whole new one, also when the disk fills up or the program is killed.
std::expected<std::string, std::string> write_report_file(const std::string& folder,
                                                          const std::string& name,
                                                          const std::string& text);

/// At the end of a file, which is made if it is missing; of no text, proves that this is possible.
std::expected<void, std::string> append_to_file(const std::string& path, const std::string& text);

}  // namespace aftershock::cli
