// The command that fetches an artifact.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "client/commands.h"
#include "client/print_file.h"
#include "core/columns.h"
#include "core/text.h"

namespace delta::client {

namespace {

Failure cannot_write(const std::string& what) {
  return {ExitCode::kOutput, what + " cannot be written"};
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
