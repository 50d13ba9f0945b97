#include "runner/job_log.h"

namespace delta {

namespace {

constexpr std::string_view kCutHere = "\n[the log is cut here: it is too long]\n";
constexpr std::size_t kMostBytes = JobLog::kLongest - kCutHere.size();

}  // namespace

JobLog::JobLog(Tasks& tasks, const std::map<std::string, std::string>& secrets)
    : monitor_(tasks.make_monitor()), redactor_(secrets) {}

bool JobLog::write(std::string_view piece) {
  const Lock lock(*monitor_);
  printed_ = printed_ || !piece.empty();
  if (cut_ || finished_) return false;  // nothing more fits
  return keep(redactor_.feed(piece));
}

bool JobLog::printed() const {
  const Lock lock(*monitor_);
  return printed_;
}

std::string JobLog::so_far() const {
  const Lock lock(*monitor_);
  return text_;
}

std::string JobLog::finish() {
  const Lock lock(*monitor_);
  if (!finished_) keep(redactor_.finish());
  if (!finished_ && cut_) text_ += kCutHere;
  finished_ = true;
  return text_;
}

bool JobLog::keep(std::string_view passed) {
  const std::size_t room = kMostBytes - text_.size();
  cut_ = cut_ || passed.size() > room;
  text_ += passed.substr(0, room);
  return room > 0 && !passed.empty();
}

}  // namespace delta
