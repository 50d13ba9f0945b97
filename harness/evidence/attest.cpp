// Attesting: a bundle with one more report, written beside it and put into its place.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/check.h"
#include "core/sha256.h"
#include "harness/evidence/attestation.h"
#include "harness/evidence/bundle_writer.h"
#include "harness/evidence/drawn.h"
#include "harness/evidence/files.h"
#include "harness/evidence/names.h"
#include "platform/new_file.h"
#include "reports/json.h"
#include "reports/text.h"

namespace aftershock::evidence {
namespace {

namespace fs = std::filesystem;
using Result = std::expected<void, std::string>;

/// A folder that is gone with this, whatever it is then.
struct Leftover {
  std::string path;
  Leftover(const Leftover&) = delete;
  Leftover& operator=(const Leftover&) = delete;
  explicit Leftover(std::string folder) : path(std::move(folder)) {}
  ~Leftover() {
    std::error_code error;
    fs::remove_all(path, error);
    if (!error) return;
    // Evidence is often write-protected, and so is what it was before.
    fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, error);
    fs::recursive_directory_iterator entry(path, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (!entry->is_directory(error)) continue;
      fs::permissions(entry->path(), fs::perms::owner_all, fs::perm_options::add, error);
    }
    fs::remove_all(path, error);
  }
};

/// The same files, without copying their bytes where that is possible. Nobody writes to them.
Result link_files(const std::string& from, const std::string& to,
                  const std::vector<std::string>& names) {
  std::error_code error;
  std::set<std::string> above_files;
  for (const std::string& name : names) {
    const fs::path target = fs::path(to) / name;
    fs::create_directories(target.parent_path(), error);
    if (error) {
      return std::unexpected("cannot make '" + one_line(target.parent_path().string()) +
                             "': " + error.message());
    }
    fs::create_hard_link(fs::path(from) / name, target, error);
    if (error) {
      const auto copied = copy_file(from, name, target.string());
      if (!copied) return std::unexpected(copied.error());
    }
    for (fs::path above = target.parent_path(); above != to; above = above.parent_path()) {
      above_files.insert(above.string());
    }
  }
  for (const std::string& each : above_files) {
    if (const Result synced = delta::sync_to_disk(each); !synced) return synced;
  }
  return {};
}

/// What goes on unchanged: all but the report, its pages, the manifest and its signatures.
std::vector<std::string> kept_files(const Manifest& manifest,
                                    const std::vector<Signature>& signatures) {
  std::set<std::string> names;
  for (const Manifest::Line& line : manifest.lines()) {
    const std::string& file = line.entry.file;
    const bool holds = manifest.current(file) == &line;
    if (holds && file != kReportName && !drawn_format_of(file)) names.insert(file);
  }
  for (const Signature& signature : signatures) names.insert(key_name(signature.key));
  return {names.begin(), names.end()};
}

/// Puts `made` in the place of `folder`, which is then at `made`.
Result exchange(const std::string& made, const std::string& folder) {
  const auto failed = [&folder] { return std::unexpected(delta::cannot("replace", folder)); };
  if (renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return failed();
  // Not all file systems can do that at once.
  const std::string aside = made + ".old";
  if (std::rename(folder.c_str(), aside.c_str()) != 0) return failed();
  if (std::rename(made.c_str(), folder.c_str()) != 0) {
    const auto result = failed();
    std::rename(aside.c_str(), folder.c_str());
    return result;
  }
  if (std::rename(aside.c_str(), made.c_str()) != 0) return failed();
  return {};
}

}  // namespace

Result attest(const std::string& bundle, const Verification& verified,
              const AttestationReport& said, const SigningKey* key) {
  CHECK(verified.manifest && verified.report);
  Manifest manifest = *verified.manifest;
  Report report = *verified.report;
  const std::string before = write_report(report);
  CHECK(delta::to_string(delta::sha256(before)) == manifest.current(kReportName)->entry.sha256);
  report.occasion.attestation = said;
  std::string signatures;
  for (const Signature& signature : verified.signatures) signatures += signature_line(signature);

  // The folder itself, not a link to it, is what is replaced.
  std::error_code error;
  const std::string folder = fs::canonical(bundle, error).string();
  if (error) return std::unexpected("cannot read '" + one_line(bundle) + "': " + error.message());
  const std::string temporary = temporary_beside(folder);
  if (!fs::create_directory(temporary, error)) {
    return std::unexpected(
        "cannot make '" + one_line(temporary) +
        "': " + (error ? error.message() : "it is left from another program: remove it"));
  }
  const Leftover made(temporary);
  Result done = link_files(folder, made.path, kept_files(manifest, verified.signatures));
  if (!done) return done;
  const std::string kept = former_report_name(manifest.all_of(kReportName).size());
  const auto written = write_file(made.path + "/" + kept, before);
  if (!written) return std::unexpected(written.error());
  manifest.add({kept, written->bytes, written->sha256});
  done = write_report_files(report, made.path, manifest);
  if (done) done = seal(manifest, signatures, key, made.path);
  fs::permissions(made.path, fs::status(folder, error).permissions(), error);
  if (done) done = exchange(made.path, folder);
  return done ? delta::sync_to_disk(fs::path(folder).parent_path().string()) : done;
}

}  // namespace aftershock::evidence
