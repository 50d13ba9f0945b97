#include "harness/backup/repository.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

#include "core/text.h"
#include "reports/text.h"

namespace aftershock::backup {
namespace {

using Json = nlohmann::json;

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Backup read_backup(const Json& entry) {
  Backup backup;
  backup.label = entry.at("label").get<std::string>();
  backup.type = entry.at("type").get<std::string>();
  backup.prior = text_at(entry, "prior");
  backup.started = entry.at("timestamp").at("start").get<std::int64_t>();
  backup.stopped = entry.at("timestamp").at("stop").get<std::int64_t>();
  backup.database_bytes = entry.at("info").at("size").get<std::uint64_t>();
  backup.repository_bytes = entry.at("info").at("repository").at("delta").get<std::uint64_t>();
  backup.first_wal = text_at(entry.at("archive"), "start");
  backup.last_wal = text_at(entry.at("archive"), "stop");
  backup.cluster = entry.at("database").at("id").get<std::uint32_t>();
  const auto error = entry.find("error");
  if (error != entry.end() && error->is_boolean()) {
    backup.pages = error->get<bool>() ? Pages::damaged : Pages::sound;
  }
  return backup;
}

Repository read_stanza(const Json& stanza) {
  Repository repository;
  repository.stanza = stanza.at("name").get<std::string>();
  repository.cipher = text_at(stanza, "cipher");
  repository.busy = stanza.at("status").at("lock").at("backup").at("held").get<bool>();
  for (const Json& entry : stanza.at("backup")) repository.backups.push_back(read_backup(entry));
  for (const Json& entry : stanza.at("db")) {
    repository.clusters.push_back({entry.at("id").get<std::uint32_t>(),
                                   entry.at("system-id").get<std::uint64_t>(),
                                   entry.at("version").get<std::string>()});
  }
  for (const Json& entry : stanza.at("archive")) {
    repository.first_wal = text_at(entry, "min");
    repository.last_wal = text_at(entry, "max");
  }
  for (const Json& entry : stanza.at("repo")) {
    constexpr int kUsable = 0, kNoBackups = 2;
    const int code = entry.at("status").at("code").get<int>();
    if (code == kUsable || code == kNoBackups) continue;
    repository.problems.push_back(one_line(text_at(entry.at("status"), "message")));
  }
  return repository;
}

std::string labels_of(const Repository& repository) {
  std::string text;
  for (const Backup& backup : repository.backups) {
    text += (text.empty() ? "" : ", ") + backup.label;
  }
  return text.empty() ? "there is none" : "there are " + text;
}

/// What a repository without the backup that is asked for may have instead.
std::string being_written(const Repository& repository) {
  return repository.busy ? "a backup is being written now, and counts when it is whole; " : "";
}

}  // namespace

const Backup* Repository::find(std::string_view label) const {
  const auto found = std::ranges::find(backups, label, &Backup::label);
  return found == backups.end() ? nullptr : &*found;
}

const Cluster* Repository::cluster_of(const Backup& backup) const {
  const auto found = std::ranges::find(clusters, backup.cluster, &Cluster::id);
  return found == clusters.end() ? nullptr : &*found;
}

Result<Repository> parse_repository(std::string_view json, const std::string& stanza) {
  try {
    for (const Json& entry : Json::parse(json)) {
      if (entry.at("name").get<std::string>() == stanza) return read_stanza(entry);
    }
  } catch (const Json::exception& error) {
    return failed(std::string("pgbackrest info printed what cannot be read: ") + error.what(),
                  "is it pgBackRest 2.45 or newer?");
  }
  return unavailable("the repository knows no stanza '" + stanza + "'",
                     "make it with `aftershock backup init`, or name another with --stanza");
}

Result<Backup> choose_backup(const Repository& repository, const std::string& label,
                             std::optional<std::int64_t> target) {
  if (!repository.problems.empty()) {
    return failed("the repository cannot be used: " + repository.problems.front(),
                  "restore its files from another copy of the repository");
  }
  if (!label.empty()) {
    const Backup* const found = repository.find(label);
    if (found == nullptr) {
      return failed("there is no whole backup " + delta::quote(label),
                    being_written(repository) + labels_of(repository));
    }
    if (target && found->stopped > *target) {
      return refused("the backup " + label + " ended after the time that is asked for",
                     "name an older one, or none: then it is chosen");
    }
    return *found;
  }
  for (const Backup& backup : std::views::reverse(repository.backups)) {
    if (!target || backup.stopped <= *target) return backup;
  }
  if (target && !repository.backups.empty()) {
    return failed("no backup ended before the time that is asked for",
                  "the oldest is " + repository.backups.front().label);
  }
  return failed("there is no whole backup in the repository",
                being_written(repository) + "make one with `aftershock backup create`");
}

}  // namespace aftershock::backup
