// The journal of a sweep: a line of JSON for what is planned, then one for each drill that ended.
// Whatever ends the sweep, nothing that was found is lost, and another sweep can go on from there.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/sweep/plan.h"
#include "harness/sweep/result.h"
#include "platform/fd.h"

namespace aftershock::sweep {

/// What a journal belongs to: whoever goes on with it, or merges it, must have the same.
struct JournalHead {
  std::string tool_version;
  std::string build;  ///< SHA-256 of the program
  SweepPlan plan;
};

inline constexpr const char* kJournalName = "journal.jsonl";

/// Why `found` cannot go on as `wanted`, as a sentence; none: it can. Of a merge, `any_shard`.
std::optional<std::string> difference(const JournalHead& found, const JournalHead& wanted,
                                      bool any_shard = false);

/// Appends lines. Not thread safe. The functions give the reason when the disk does not take them.
class Journal {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  using Result = std::expected<void, std::string>;

  /// A new one in the folder. Refused when there is one already.
  static std::expected<Journal, std::string> create(const std::string& folder,
                                                    const JournalHead& head, Clock clock);
  /// Goes on with one that read_journal() understood up to `size`; what follows is cut off.
  static std::expected<Journal, std::string> go_on(const std::string& folder, std::uint64_t size,
                                                   Clock clock);

  /// Hands the lines (each with its line break) to the system: they survive the death of this
  /// process. They are on the disk within a second or so, and at once when `urgent`.
  Result append(std::string_view lines, bool urgent);
  Result sync();

 private:
  Journal(delta::Fd file, std::string path, Clock clock);

  delta::Fd file_;
  std::string path_;
  Clock clock_;
  std::chrono::steady_clock::time_point synced_;
  bool behind_ = false;  ///< something is written and not synced
};

struct JournalReader {
  /// Called first. A reason ends the reading, as an error.
  std::function<std::optional<std::string>(const JournalHead&)> head;
  /// Called for each entry in turn; likewise.
  std::function<std::optional<std::string>(const Entry&)> entry;
};

/// Reads a journal. A last line that was not finished counts as not there. The error names the file
/// and the line. Gives the size of what was understood, in bytes.
std::expected<std::uint64_t, std::string> read_journal(const std::string& folder,
                                                       const JournalReader& reader);

/// Whether there is one in the folder that is not empty.
bool has_journal(const std::string& folder);

}  // namespace aftershock::sweep
