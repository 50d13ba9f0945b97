#include "harness/sweep/other_build.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <vector>

#include "platform/fd.h"

namespace aftershock::sweep {
namespace {

struct Printed {
  std::string text;
  int status = 0;
};

[[noreturn]] void become(std::vector<std::string>& words, int output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  dup2(output, STDOUT_FILENO);
  dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

Printed output_of(std::vector<std::string> words) {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {"", -1};
  delta::Fd output(ends[0]), input(ends[1]);
  const pid_t child = fork();
  if (child < 0) return {"", -1};
  if (child == 0) become(words, input.get());
  input.reset();
  Printed printed;
  std::array<char, 65'536> buffer;
  ssize_t size = 0;
  while ((size = read(output.get(), buffer.data(), buffer.size())) != 0) {
    if (size > 0) printed.text.append(buffer.data(), static_cast<std::size_t>(size));
    if (size < 0 && errno != EINTR) break;
  }
  while (waitpid(child, &printed.status, 0) < 0 && errno == EINTR) {
  }
  return printed;
}

std::string how_it_ended(int status) {
  if (status == -1) return "(the program could not be started)";
  if (WIFSIGNALED(status)) return "(ended by signal " + std::to_string(WTERMSIG(status)) + ")";
  return "(no digest, exit code " + std::to_string(WEXITSTATUS(status)) + ")";
}

}  // namespace

std::string digest_by(const std::string& program, const std::string& path, std::uint64_t seed) {
  const Printed printed =
      output_of({program, "run", path, "--seed", std::to_string(seed), "--json", "--quiet"});
  const auto json = nlohmann::json::parse(printed.text, nullptr, false);
  const nlohmann::json::json_pointer digest("/drills/0/digest");
  if (json.is_object() && json.contains(digest) && json[digest].is_string()) {
    return json[digest].get<std::string>();
  }
  return how_it_ended(printed.status);
}

}  // namespace aftershock::sweep
