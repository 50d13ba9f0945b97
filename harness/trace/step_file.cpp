// The text of a recorded run: one line a step or event, words between tabs.
#include <charconv>
#include <fstream>
#include <vector>

#include "core/ids.h"
#include "harness/trace/recorded_run.h"
#include "reports/text.h"
#include "reports/words.h"

namespace aftershock {

namespace {

constexpr std::string_view kMagic = "aftershock-steps";
constexpr std::string_view kVersion = "1";

std::string hex(std::uint64_t value) { return delta::to_hex(0, value).substr(16); }

void write_step(const sim::StepLog& log, const sim::Step& step, std::ostream& out) {
  out << "step\t" << step.number << '\t' << step.time.time_since_epoch().count() << '\t'
      << name_of(step.kind) << '\t' << step.fiber << '\t' << one_line(log.fiber_name(step.fiber))
      << '\t' << step.value << '\t' << hex(step.digest) << '\n';
}

void write_event(const TraceEvent& event, std::ostream& out) {
  out << "event\t" << event.step << '\t' << event.at.count() << '\t' << name_of(event.kind) << '\t'
      << event.host << '\t' << event.incarnation << '\t' << subject_of(event) << '\t'
      << one_line(event.text) << '\n';
}

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  Words words;
  for (;;) {
    const std::size_t tab = line.find('\t');
    words.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return words;
    line.remove_prefix(tab + 1);
  }
}

template <class Number>
bool read(std::string_view word, Number& number) {
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && stop == word.data() + word.size();
}

template <class Enum, std::size_t Size>
bool read(std::string_view word, const std::array<std::string_view, Size>& names, Enum& value) {
  for (std::size_t i = 0; i < Size; ++i) {
    if (names[i] != word) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

class StepReader {
 public:
  explicit StepReader(RecordedRun& run) : run_(run) {}

  /// False: the line is not one of ours.
  bool take(std::string_view line) {
    const Words words = words_of(line);
    if (!begun_) return take_head(words);
    if (ended_) return false;
    if (words[0] == "step") return take_step(words);
    if (words[0] == "event") return take_event(words);
    return words[0] == "end" && take_end(words);
  }
  bool complete() const { return ended_; }

 private:
  bool take_head(const Words& words) {
    begun_ = words.size() == 5 && words[0] == kMagic && words[1] == kVersion &&
             read(words[3], run_.report.seed);
    std::int64_t begin = 0;
    if (!begun_ || !read(words[4], begin)) return false;
    run_.report.scenario = words[2];
    run_.trace.begin = Duration(begin);
    return true;
  }

  bool take_step(const Words& words) {
    sim::Step step{};
    std::int64_t time = 0;
    const auto digest = words.size() == 8 ? delta::parse_hex(words[7]) : std::nullopt;
    if (!digest || !read(words[1], step.number) || !read(words[2], time) ||
        !read(words[3], sim::kStepKindNames, step.kind) || !read(words[4], step.fiber) ||
        !read(words[6], step.value)) {
      return false;
    }
    step.time = sim::SimTime(Duration(time));
    step.digest = *digest;
    if (step.number != run_.steps.steps().size() + 1) return false;
    if (run_.steps.fiber_name(step.fiber) != words[5]) {
      run_.steps.name_fiber(step.fiber, std::string(words[5]));
    }
    run_.steps.append(step);
    return true;
  }

  bool take_event(const Words& words) {
    TraceEvent event;
    std::int64_t at = 0;
    if (words.size() != 8 || !read(words[1], event.step) || !read(words[2], at) ||
        !read(words[3], kTraceKindNames, event.kind) || !read(words[5], event.incarnation)) {
      return false;
    }
    event.at = Duration(at);
    event.host = words[4];
    event.text = words[6].empty() ? words[7] : std::string(words[6]) + " " + std::string(words[7]);
    run_.trace.events.push_back(std::move(event));
    return true;
  }

  bool take_end(const Words& words) {
    ended_ = words.size() == 3 && read(words[1], kVerdictNames, run_.report.verdict);
    if (ended_) run_.report.digest = words[2];
    run_.report.steps = run_.steps.steps().size();
    return ended_;
  }

  RecordedRun& run_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace

void write_steps(const RecordedRun& run, std::ostream& out) {
  out << kMagic << '\t' << kVersion << '\t' << one_line(run.report.scenario) << '\t'
      << run.report.seed << '\t' << run.trace.begin.count() << '\n';
  auto event = run.trace.events.begin();
  for (const sim::Step& step : run.steps.steps()) {
    for (; event != run.trace.events.end() && event->step < step.number; ++event) {
      write_event(*event, out);
    }
    write_step(run.steps, step, out);
  }
  for (; event != run.trace.events.end(); ++event) write_event(*event, out);
  out << "end\t" << name_of(run.report.verdict) << '\t' << run.report.digest << '\n';
}

std::expected<RecordedRun, std::string> read_steps(std::istream& in, std::string name) {
  RecordedRun run;
  run.name = std::move(name);
  StepReader reader(run);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (!reader.take(line)) {
      return std::unexpected("line " + std::to_string(number) +
                             " is not as --format steps writes it");
    }
  }
  if (!reader.complete()) {
    return std::unexpected("it ends after line " + std::to_string(number) + ", without its tail");
  }
  return run;
}

bool is_steps_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string begin(kMagic.size(), '\0');
  return in.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == kMagic;
}

}  // namespace aftershock
