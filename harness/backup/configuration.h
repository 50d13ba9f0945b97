// pgBackRest's configuration: read as far as we need it, and written for a new repository.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/backup/problem.h"
#include "platform/secret.h"

namespace aftershock::backup {

/// A configuration file: sections, with keys and values.
class Configuration {
 public:
  static Configuration parse(std::string_view text);

  /// What is in force for the stanza: its own section first, then [global]. Empty: nothing.
  std::string value(const std::string& stanza, const std::string& key) const;
  bool knows(const std::string& stanza) const { return sections_.contains(stanza); }

 private:
  std::map<std::string, std::map<std::string, std::string>> sections_;
};

/// What a new configuration says.
struct NewRepository {
  std::string place;  ///< an absolute folder, or s3://BUCKET/PATH?endpoint=HOST&region=REGION
  std::string stanza;
  std::string data;  ///< PostgreSQL's folder
  std::string port = "5432";
  std::string socket = "/var/run/postgresql";
  std::string user = "postgres";
  std::uint32_t keep_full = 7;
  bool encrypted = false;
  delta::Secret passphrase = {};  ///< written down when it is not empty
  std::string state_folder = {};  ///< for locks, logs and the spool; empty: pgBackRest's defaults
};

/// The text of its file; or what is wrong with the place, or with a value that a line of the file
/// cannot hold.
Result<std::string> text_of(const NewRepository& repository);

/// What PostgreSQL must be told, as lines of postgresql.conf.
std::string archive_settings(const std::string& config, const std::string& stanza);

}  // namespace aftershock::backup
