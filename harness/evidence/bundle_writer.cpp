#include "harness/evidence/bundle_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/sha256.h"
#include "harness/evidence/audit_file.h"
#include "harness/evidence/drawn.h"
#include "platform/new_file.h"
#include "reports/formats.h"
#include "reports/json.h"
#include "reports/text.h"
#include "reports/trace_text.h"

namespace aftershock::evidence {
namespace {

namespace fs = std::filesystem;
using Result = std::expected<void, std::string>;

constexpr const char* kAuditPart = "audit.part";

std::string in_quotes(const std::string& path) { return "'" + one_line(path) + "'"; }

Result make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return {};
  return std::unexpected("cannot create the folder " + in_quotes(path) + ": " + error.message());
}

Result enter(const std::string& folder, const std::string& name, const std::string& text,
             std::optional<std::uint64_t> renderer, Manifest& manifest) {
  const auto written = write_file(folder + "/" + name, text);
  if (!written) return std::unexpected(written.error());
  manifest.add({name, written->bytes, written->sha256, renderer});
  return {};
}

Result write_signature(const Manifest& manifest, const std::string& signatures,
                       const SigningKey& key, const std::string& folder) {
  const PublicKey public_key = key.public_key();
  const Signature signature{manifest.last_number(), manifest.last_hash(), public_key.fingerprint(),
                            key.sign(manifest.last_hash())};
  if (const Result made = make_folder(folder + "/" + std::string(kKeyFolder)); !made) return made;
  const std::string name = folder + "/" + key_name(public_key.fingerprint());
  std::error_code error;
  if (!fs::exists(name, error)) {
    const auto written = write_file(name, public_key.pem());
    if (!written) return std::unexpected(written.error());
  }
  const auto written = write_file(folder + "/" + std::string(kSignatureName),
                                  signatures + signature_line(signature));
  if (!written) return std::unexpected(written.error());
  return delta::sync_to_disk(folder + "/" + std::string(kKeyFolder));
}

}  // namespace

Result is_free(const std::string& folder) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(folder, error);
  if (status.type() == fs::file_type::not_found) return {};
  if (!fs::is_directory(status)) {
    return std::unexpected(in_quotes(folder) + " is there and is no folder");
  }
  const bool empty = fs::is_empty(folder, error);
  if (error) return std::unexpected("cannot read " + in_quotes(folder) + ": " + error.message());
  if (empty) return {};
  return std::unexpected(in_quotes(folder) + " is not empty, and a bundle overwrites nothing");
}

std::string settled(const std::string& folder) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).string();
}

std::string temporary_beside(const std::string& folder) {
  const fs::path path = settled(folder);
  const std::string name = "." + path.filename().string() + "." + std::to_string(getpid());
  return (path.parent_path() / name).string();
}

Result write_report_files(const Report& report, const std::string& folder, Manifest& manifest) {
  const std::string json = write_report(report);
  Result done = enter(folder, std::string(kReportName), json, std::nullopt, manifest);
  // Drawn from what was written: a reader has no other.
  const Report written = read_report(json);
  for (const ReportFormat format : drawn_formats()) {
    if (!done) break;
    done = enter(folder, std::string(file_name_of(format)), format_report(written, format),
                 kRenderer, manifest);
  }
  return done;
}

Result seal(const Manifest& manifest, const std::string& signatures, const SigningKey* key,
            const std::string& folder) {
  const auto written = write_file(folder + "/" + std::string(kManifestName), manifest.text());
  if (!written) return std::unexpected(written.error());
  if (key != nullptr) {
    if (const Result s = write_signature(manifest, signatures, *key, folder); !s) return s;
  } else if (!signatures.empty()) {
    const auto kept = write_file(folder + "/" + std::string(kSignatureName), signatures);
    if (!kept) return std::unexpected(kept.error());
  }
  return delta::sync_to_disk(folder);
}

void write_trace(const Trace& trace, const DrillReport& report, std::ostream& out) {
  write_json_lines(trace, {}, report, out);
}

std::expected<std::unique_ptr<BundleWriter>, std::string> BundleWriter::begin(
    const std::string& folder) {
  if (const Result free = is_free(folder); !free) return std::unexpected(free.error());
  const std::string temporary = temporary_beside(folder);
  std::error_code error;
  if (fs::exists(fs::symlink_status(temporary, error))) {
    return std::unexpected(in_quotes(temporary) +
                           " is left from a program that was killed: remove it");
  }
  if (const Result made = make_folder(fs::path(temporary).parent_path().string()); !made) {
    return std::unexpected(made.error());
  }
  if (mkdir(temporary.c_str(), 0777) != 0) {
    return std::unexpected(delta::cannot("make", temporary));
  }
  std::unique_ptr<BundleWriter> writer(new BundleWriter(folder, temporary));
  // Found out before the drills: whether files can be made in there.
  const std::string probe = temporary + "/probe";
  if (const auto made = write_file(probe, "probe\n"); !made) return std::unexpected(made.error());
  fs::remove(probe, error);
  return writer;
}

BundleWriter::BundleWriter(std::string folder, std::string temporary)
    : folder_(std::move(folder)), temporary_(std::move(temporary)) {}

BundleWriter::~BundleWriter() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void BundleWriter::fail(const std::string& why) {
  if (error_.empty()) error_ = why;
}

void BundleWriter::observe(DrillOptions& drill) {
  trace_ = {};
  audit_.reset();  // that of a drill that ended in an error of ours is gone before
  audit_ = std::make_unique<HashingStream>(path_of(kAuditPart));
  drill.trace = &trace_;
  drill.audit = [this](const delta::AuditEvent& event) { audit_->out() << audit_line(event); };
}

void BundleWriter::add_file(const std::string& name,
                            std::expected<FileDigest, std::string> written) {
  if (!written) return fail(written.error());
  drills_.push_back({name, written->bytes, written->sha256});
}

void BundleWriter::add_scenario(const Scenario& scenario, const std::string& folder) {
  const auto text = read_text(scenario.path);
  if (!text || delta::to_string(delta::sha256(*text)) != scenario.sha256) {
    return fail(in_quotes(scenario.path) + " was changed while it was run");
  }
  const std::string name = folder + std::string(kScenarioName);
  add_file(name, write_file(path_of(name), *text));
}

void BundleWriter::add(const Scenario& scenario, const DrillReport& report) {
  const std::string folder = folders_.next(report.scenario, report.seed);
  if (const Result made = make_folder(path_of(folder)); !made) return fail(made.error());
  add_scenario(scenario, folder);
  const std::string trace_name = folder + std::string(kTraceName);
  HashingStream trace(path_of(trace_name));
  write_trace(trace_, report, trace.out());
  add_file(trace_name, trace.finish());
  const std::string audit_name = folder + std::string(kAuditName);
  add_file(audit_name, audit_->finish());
  if (std::rename(path_of(kAuditPart).c_str(), path_of(audit_name).c_str()) != 0) {
    fail(delta::cannot("write", audit_name));
  }
  if (const Result synced = delta::sync_to_disk(path_of(folder)); !synced) fail(synced.error());
  trace_ = {};
}

Result BundleWriter::finish(const Report& report, const SigningKey* key) {
  audit_.reset();
  Manifest manifest({.tool = report.tool_version, .exercise = report.occasion.exercise});
  Result done = error_.empty() ? Result() : Result(std::unexpected(error_));
  if (done) done = write_report_files(report, temporary_, manifest);
  for (const FileEntry& entry : drills_) manifest.add(entry);
  if (done && !drills_.empty()) done = delta::sync_to_disk(path_of("drills"));
  if (done) done = seal(manifest, "", key, temporary_);
  if (!done) return done;
  if (const Result free = is_free(folder_); !free) return free;
  const std::string path = settled(folder_);
  if (std::rename(temporary_.c_str(), path.c_str()) != 0) {
    return std::unexpected(delta::cannot("name the bundle", folder_));
  }
  temporary_.clear();
  return delta::sync_to_disk(fs::path(path).parent_path().string());
}

}  // namespace aftershock::evidence
