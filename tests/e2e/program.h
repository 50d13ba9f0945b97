// Running the program `aftershock` as a user does.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace aftershock {

using Words = std::vector<std::string>;

inline std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct Ended {
  int code = -1;  ///< -1: by a signal
  std::string out;
  std::string err;
};

/// In the child: becomes the program.
[[noreturn]] inline void execute(Words words) {
  words.insert(words.begin(), AFTERSHOCK_PROGRAM);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(AFTERSHOCK_PROGRAM, arguments.data());
  _exit(127);
}

inline int code_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Starts the program with its output in the files `out` and `err`; `prepare` runs in the child
/// before it.
inline pid_t start(
    const Words& words, const std::string& out, const std::string& err,
    const std::function<void()>& prepare = [] {}) {
  const pid_t child = fork();
  if (child != 0) return child;
  dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  prepare();
  execute(words);
}

}  // namespace aftershock
