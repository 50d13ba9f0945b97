#include "harness/cli/backup_show.h"

#include <nlohmann/json.hpp>

#include "reports/text.h"

namespace aftershock::cli {

using backup::Backup;
using backup::Pages;
using backup::Proof;

namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(Pages pages) {
  switch (pages) {
    case Pages::unknown: return "unknown";
    case Pages::sound: return "ok";
    case Pages::damaged: break;
  }
  return "damaged pages";
}

std::string_view name_of(Proof::State state) {
  switch (state) {
    case Proof::State::proven: return "proven";
    case Proof::State::unproven: return "unproven";
    case Proof::State::failed: break;
  }
  return "FAILED";
}

std::string text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string age_text(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60, kHour = 3'600, kDay = 86'400;
  const auto pair = [&](std::int64_t unit, const char* name, std::int64_t next, const char* less) {
    return std::to_string(seconds / unit) + name + std::to_string(seconds % unit / next) + less;
  };
  if (seconds < 0) return "in the future";
  if (seconds < kMinute) return std::to_string(seconds) + "s";
  if (seconds < kHour) return pair(kMinute, "m", 1, "s");
  if (seconds < kDay) return pair(kHour, "h", kMinute, "m");
  return pair(kDay, "d", kHour, "h");
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kKi = 1'024;
  std::uint64_t unit = 1;
  std::size_t name = 0;
  for (; bytes / unit >= kKi && name < 4; ++name) unit *= kKi;
  const std::uint64_t tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
  constexpr std::array names{"B", "KiB", "MiB", "GiB", "TiB"};
  const std::string fraction = unit == 1 ? "" : "." + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + fraction + " " + names.at(name);
}

std::string list_text(const backup::Repository& repository, std::int64_t now) {
  Table table;
  table.rows.push_back({"LABEL", "TYPE", "AGE", "DATABASE", "ADDED", "WAL", "CHECKSUMS"});
  for (const Backup& backup : repository.backups) {
    table.rows.push_back({backup.label, backup.type, age_text(now - backup.stopped),
                          size_text(backup.database_bytes), size_text(backup.repository_bytes),
                          backup.first_wal + ".." + backup.last_wal,
                          std::string(name_of(backup.pages))});
  }
  std::string result;
  if (!repository.backups.empty()) {
    for (const std::string& line : table.lines()) result += line + "\n";
  }
  result += repository.backups.empty() ? "no backup yet" : "archive";
  const std::string last = repository.last_wal;
  result +=
      last.empty() ? ": no WAL archived\n" : ": WAL " + repository.first_wal + ".." + last + "\n";
  if (repository.busy) result += "a backup is being written now\n";
  for (const std::string& problem : repository.problems) result += "problem: " + problem + "\n";
  return result;
}

std::string list_json(const backup::Repository& repository, std::int64_t now) {
  Json document{{"format", "aftershock-backups"},    {"version", 1},
                {"stanza", repository.stanza},       {"cipher", repository.cipher},
                {"busy", repository.busy},           {"problems", repository.problems},
                {"wal_first", repository.first_wal}, {"wal_last", repository.last_wal},
                {"backups", Json::array()}};
  for (const Backup& backup : repository.backups) {
    document["backups"].push_back({{"label", backup.label},
                                   {"type", backup.type},
                                   {"prior", backup.prior},
                                   {"started", backup.started},
                                   {"stopped", backup.stopped},
                                   {"age_seconds", now - backup.stopped},
                                   {"database_bytes", backup.database_bytes},
                                   {"repository_bytes", backup.repository_bytes},
                                   {"wal_first", backup.first_wal},
                                   {"wal_last", backup.last_wal},
                                   {"checksums", name_of(backup.pages)}});
  }
  return text(document);
}

std::string verification_text(const backup::Verification& verification, std::size_t width) {
  std::string result;
  for (const Proof& proof : verification.proofs) {
    const std::string first = padded(name_of(proof.state), 9) + padded(proof.name, 11) +
                              padded(rounded_up(proof.took), 8);
    result += wrapped(first, one_line(proof.detail), width);
  }
  return result + "backup " + verification.label +
         (verification.proven() ? ": can be restored\n" : ": NOT proven to be of any use\n");
}

std::string verification_json(const backup::Verification& verification) {
  Json document{{"format", "aftershock-backup-verification"},
                {"version", 1},
                {"label", verification.label},
                {"proven", verification.proven()},
                {"proofs", Json::array()}};
  for (const Proof& proof : verification.proofs) {
    document["proofs"].push_back({{"name", proof.name},
                                  {"state", name_of(proof.state)},
                                  {"detail", proof.detail},
                                  {"took_ns", proof.took.count()}});
  }
  return text(document);
}

void StepDisplay::update(std::string_view step, std::optional<int> percent) {
  if (step.empty()) return;  // too short to be told of
  std::string line(step);
  if (err_.terminal && percent) line += " " + std::to_string(*percent) + " %";
  if (line == shown_) return;
  if (err_.terminal) {
    err_.stream << "\r\033[K" << cut(line, err_.width) << std::flush;
  } else {
    err_.stream << line << "\n" << std::flush;
  }
  shown_ = line;
}

void StepDisplay::clear() {
  if (err_.terminal && !shown_.empty()) err_.stream << "\r\033[K" << std::flush;
  shown_.clear();
}

}  // namespace aftershock::cli
