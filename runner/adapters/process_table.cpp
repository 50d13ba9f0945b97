#include "runner/adapters/process_table.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace delta {

namespace {

constexpr int kDeepest = 100'000;  // of a chain of parents; they change while they are read

struct ProcessInfo {
  pid_t parent = 0;
  pid_t group = 0;
};

/// The number at the front of the text, which it takes off with the blank behind it; or 0.
pid_t take_number(const char*& text) {
  pid_t number = 0;
  while (*text >= '0' && *text <= '9') number = number * 10 + (*text++ - '0');
  if (*text == ' ') ++text;
  return number;
}

/// "/proc/PID/stat"
void write_path(pid_t pid, std::array<char, 32>& path) {
  std::array<char, 12> digits{};
  std::size_t count = 0;
  for (; pid > 0; pid /= 10) digits.at(count++) = static_cast<char>('0' + pid % 10);
  char* out = path.data();
  std::memcpy(out, "/proc/", 6);
  out += 6;
  while (count > 0) *out++ = digits.at(--count);
  std::memcpy(out, "/stat", 6);
}

/// False when there is no such process any more.
bool look_up(pid_t pid, ProcessInfo& info) {
  std::array<char, 32> path{};
  write_path(pid, path);
  const int file = ::open(path.data(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::array<char, 512> text{};
  const ssize_t size = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  if (size <= 0) return false;
  // "PID (NAME) STATE PARENT GROUP ...": the name may hold anything, so look for its end.
  const char* at = std::strrchr(text.data(), ')');
  if (at == nullptr || std::strlen(at) < 5) return false;
  at += 4;
  info.parent = take_number(at);
  info.group = take_number(at);
  return true;
}

bool descends(const ProcessInfo& process, pid_t ancestor) {
  ProcessInfo at = process;
  for (int depth = 0; depth < kDeepest && at.parent > 0; ++depth) {
    if (at.parent == ancestor) return true;
    if (!look_up(at.parent, at)) return false;  // ended meanwhile: its children have moved
  }
  return false;
}

void kill_if_descendant(pid_t pid, pid_t ancestor) {
  ProcessInfo process;
  if (!look_up(pid, process) || !descends(process, ancestor)) return;
  // All of its group descends from the same command, which has a session of its own. Unlike the
  // reading of /proc, the signal to a group misses nobody.
  if (process.group > 1 && process.group != ::getpgid(ancestor)) ::kill(-process.group, SIGKILL);
  ::kill(pid, SIGKILL);
}

}  // namespace

void kill_descendants(pid_t ancestor) {
  const int folder = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  alignas(dirent64) std::array<char, 8192> entries;
  for (;;) {
    const ssize_t size = ::getdents64(folder, entries.data(), entries.size());
    if (size <= 0) break;
    for (ssize_t at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries.data() + at);
      const char* name = entry->d_name;
      if (const pid_t pid = take_number(name); pid > 0) kill_if_descendant(pid, ancestor);
      at += entry->d_reclen;
    }
  }
  ::close(folder);
}

}  // namespace delta
