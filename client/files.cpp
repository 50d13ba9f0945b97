// The commands that fetch what jobs left: logs and artifacts.
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "client/commands.h"
#include "core/columns.h"
#include "core/text.h"

namespace delta::client {

namespace {

Failure cannot_write(const std::string& what) {
  return {ExitCode::kOutput, what + " cannot be written"};
}

/// Holds what comes until all of it is there: a call that is repeated begins from the beginning.
class Spool {
 public:
  Spool() : file_(std::tmpfile(), &std::fclose) {}

  bool is_open() const { return file_ != nullptr; }
  int descriptor() const { return fileno(file_.get()); }
  void copy_to(std::ostream& out) const {
    std::rewind(file_.get());
    std::array<char, 65536> buffer{};
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file_.get())) {
      out.write(buffer.data(), static_cast<std::streamsize>(got));
    }
  }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

Outcome<void> print_file(const Call& call, const Session& session) {
  const Spool spool;
  if (!spool.is_open()) return std::unexpected(cannot_write("a temporary file"));
  auto fetched = session.client.fetch(call, spool.descriptor());
  if (!fetched) return std::unexpected(std::move(fetched.error()));
  spool.copy_to(session.consoles.out.stream);
  return {};
}

Call log_of(RunId run, const std::string& job) {
  return {.kind = "get_log", .path = {{"run", to_string(run)}, {"job", job}}};
}

/// The logs of all jobs, under their names; a job without a log is no failure.
Outcome<ExitCode> print_all(const RunView& run, const Session& session) {
  std::ostream& out = session.consoles.out.stream;
  const bool one = run.jobs.size() == 1;
  for (std::uint32_t i = 0; i < run.jobs.size(); ++i) {
    const bool known = run.spec != nullptr && i < run.spec->jobs.size();
    const std::string name = known ? one_line(run.spec->jobs[i].name) : std::to_string(i);
    if (run.jobs[i].attempts == 0) continue;
    if (!one) out << (i > 0 ? "\n" : "") << "==> " << name << " <==\n";
    const auto printed = print_file(log_of(run.id, std::to_string(i)), session);
    if (!printed && printed.error().code != ExitCode::kRefused) {
      return std::unexpected(printed.error());
    }
    if (!printed) {
      out.flush();
      session.consoles.err.stream << name << ": " << printed.error().message << "\n";
    }
  }
  return ExitCode::kDone;
}

/// A file of this folder that did not exist. Nothing: the name would lead elsewhere.
std::optional<std::string> own_file_name(const std::string& artifact) {
  std::string name = artifact.substr(artifact.rfind('/') + 1);
  if (name.empty() || name == "." || name == ".." || one_line(name) != name) return std::nullopt;
  return name;
}

/// Beside the target, so that it can be renamed to it; gone unless it was.
class PartFile {
 public:
  explicit PartFile(std::string target) : target_(std::move(target)), path_(target_ + ".XXXXXX") {
    descriptor_ = mkstemp(path_.data());
  }
  ~PartFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    if (!kept_) unlink(path_.c_str());
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  int descriptor() const { return descriptor_; }
  bool keep() {
    using std::filesystem::perms;
    std::error_code error;
    std::filesystem::permissions(
        path_, perms::owner_read | perms::owner_write | perms::group_read | perms::others_read,
        error);
    kept_ = !error && fsync(descriptor_) == 0 && rename(path_.c_str(), target_.c_str()) == 0;
    return kept_;
  }

 private:
  std::string target_;
  std::string path_;
  int descriptor_ = -1;
  bool kept_ = false;
};

}  // namespace

Outcome<ExitCode> logs_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  const auto view =
      session.client.ask<RunView>({.kind = "get_run", .path = {{"run", to_string(*run)}}});
  if (!view) return std::unexpected(view.error());
  if (line.job.empty()) return print_all(*view, session);
  const auto job = find_job(*view, line.job);
  if (!job) return std::unexpected(job.error());
  const auto printed = print_file(log_of(*run, line.job), session);
  if (!printed) return std::unexpected(printed.error());
  return ExitCode::kDone;
}

Outcome<ExitCode> download_command(const CommandLine& line, const Session& session) {
  const auto run = find_run(session.client, line.run);
  if (!run) return std::unexpected(run.error());
  if (line.name.empty() || line.job.empty()) {
    return failed(ExitCode::kUsage, "a job and an artifact have a name");
  }
  const Call call{.kind = "get_artifact",
                  .path = {{"run", to_string(*run)}, {"job", line.job}, {"name", line.name}}};
  if (line.out == "-") {
    const auto printed = print_file(call, session);
    if (!printed) return std::unexpected(printed.error());
    return ExitCode::kDone;
  }
  std::string target = line.out;
  if (target.empty()) {
    const auto own = own_file_name(line.name);
    if (!own)
      return failed(ExitCode::kUsage, "this is no name for a file", "say where to: -o FILE");
    std::error_code error;
    if (std::filesystem::exists(*own, error)) {
      return failed(ExitCode::kUsage, quote(*own) + " is there already",
                    "-o FILE says where to, and replaces it");
    }
    target = *own;
  }
  PartFile part(target);
  if (part.descriptor() < 0) return std::unexpected(cannot_write(quote(target)));
  const auto fetched = session.client.fetch(call, part.descriptor());
  if (!fetched) return std::unexpected(fetched.error());
  if (!part.keep()) return std::unexpected(cannot_write(quote(target)));
  session.consoles.err.stream << "written to " << one_line(target) << "\n";
  return ExitCode::kDone;
}

}  // namespace delta::client
