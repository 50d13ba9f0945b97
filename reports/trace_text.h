// A trace for people, one line an event, and for programs, one JSON object a line.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>

#include "reports/report.h"
#include "reports/trace.h"

namespace aftershock {

struct TraceStyle {
  std::size_t width = 100;  ///< of a screen: longer lines are cut
  bool log = false;         ///< nobody's screen: nothing is cut
  bool colour = false;      ///< ANSI colours for the kinds that matter
};

/// What a writer has seen.
struct TraceCount {
  std::size_t events = 0;  ///< that matched
  std::size_t cut = 0;     ///< of them on a line that was cut
};

/// Time, place, kind, subject and text in columns.
class TraceLines {
 public:
  /// The columns are as wide as the events need that are wanted.
  TraceLines(const Trace& trace, const TraceFilter& filter, const TraceStyle& style);

  /// Without its line break.
  std::string line(const TraceEvent& event) const;
  /// Whether line() would be cut.
  bool is_cut(const TraceEvent& event) const;

 private:
  std::string plain(const TraceEvent& event) const;

  TraceStyle style_;
  std::size_t time_width_ = 0;
  std::size_t place_width_ = 0;
  std::size_t kind_width_ = 0;
  std::size_t subject_width_ = 0;
};

TraceCount write_text(const Trace& trace, const TraceFilter& filter, const TraceStyle& style,
                      std::ostream& out);

/// Verdict, digest and what failed.
std::string trace_summary(const DrillReport& report, const Trace& trace, const TraceCount& count,
                          const TraceStyle& style);

/// A line about the drill, then one an event; what an event does not have is left out.
TraceCount write_json_lines(const Trace& trace, const TraceFilter& filter,
                            const DrillReport& report, std::ostream& out);

}  // namespace aftershock
