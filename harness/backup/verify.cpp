#include "harness/backup/verify.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>

#include "core/text.h"
#include "harness/backup/scratch_server.h"
#include "harness/check/check_text.h"
#include "platform/servers/private_folder.h"
#include "reports/text.h"

namespace aftershock::backup {

namespace fs = std::filesystem;
using State = Proof::State;

namespace {

constexpr const char* kEndOfReplay =
    "SELECT coalesce(pg_last_wal_replay_lsn() - '0/0', 0), coalesce(pg_last_xact_replay_timestamp()"
    "::text, 'the end of it'), setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'";

struct Scratch {
  const PgBackRest& tool;
  const VerifyOptions& options;
  const Repository& repository;
  const Backup& backup;
  const Work& work;
  ScratchServer& server;

  std::string user() const {
    const std::string said = tool.value("pg1-user");
    return said.empty() ? "postgres" : said;
  }
};

/// A step that proves something: what it says, or why it failed. A problem of our own ends all.
using Step = std::function<Result<Proof>()>;

Result<Proof> read_repository(const PgBackRest& tool) {
  const auto words = tool.run("verify",
                              {"--output=text", "--verbose", "--log-level-console=off",
                               "--log-level-file=off", "--job-retry=0"},
                              "reading the repository");
  if (!words) return std::unexpected(words.error());
  const RepositoryState state = read_verification(*words);
  std::string detail;
  for (const std::string& trouble : state.troubles)
    detail += (detail.empty() ? "" : "; ") + trouble;
  if (!state.troubles.empty()) return Proof{"repository", State::failed, detail};
  return Proof{"repository", State::proven,
               std::to_string(state.files) + " files and " + std::to_string(state.wal_segments) +
                   " WAL segments have their checksums"};
}

Result<Proof> restore_it(const Scratch& scratch, const RestorePlan& plan) {
  std::vector<std::string> options = restore_options(scratch.tool, plan, plan.data);
  options.push_back("--tablespace-map-all=" + (plan.data.parent_path() / "tablespaces").string());
  const auto words = scratch.tool.run("restore", options, "restoring");
  if (!words) return std::unexpected(words.error());
  return Proof{"restore", State::proven,
               scratch.backup.type + " backup " + scratch.backup.label + ", " +
                   std::to_string(scratch.backup.database_bytes >> 20U) + " MiB"};
}

/// Where a WAL segment begins, of a name such as 0000000100000000000000A3.
std::uint64_t start_of(const std::string& segment, std::uint64_t segment_size) {
  if (segment.size() != 24) return 0;
  const std::uint64_t high = std::stoull(segment.substr(8, 8), nullptr, 16);
  const std::uint64_t low = std::stoull(segment.substr(16, 8), nullptr, 16);
  return (high << 32U) + low * segment_size;
}

Result<Proof> recover_it(const Scratch& scratch, Replay replay) {
  if (auto started = scratch.server.start(scratch.work); !started) {
    return std::unexpected(started.error());
  }
  pqxx::connection connection(scratch.server.connection_string(scratch.user(), "postgres"));
  pqxx::nontransaction direct(connection);
  const auto row = direct.exec(kEndOfReplay).front();
  const auto reached = row[0].as<std::uint64_t>();
  const auto last = start_of(scratch.repository.last_wal, row[2].as<std::uint64_t>());
  // A server stops at the first segment that it is not given, and does not know of those behind.
  if (replay == Replay::all && reached < last) {
    return Proof{"recovery", State::failed,
                 "the archive has a gap: the log could be replayed up to byte " +
                     std::to_string(reached) + ", and the archive goes on to segment " +
                     scratch.repository.last_wal};
  }
  return Proof{"recovery", State::proven, "up to " + row[1].as<std::string>()};
}

Result<std::vector<std::string>> databases(const Scratch& scratch) {
  pqxx::connection connection(scratch.server.connection_string(scratch.user(), "postgres"));
  pqxx::nontransaction direct(connection);
  std::vector<std::string> names;
  for (const auto& row : direct.exec("SELECT datname FROM pg_database WHERE datallowconn "
                                     "AND NOT datistemplate ORDER BY datname")) {
    names.push_back(row[0].as<std::string>());
  }
  return names;
}

bool is_of_delta_ci(const Scratch& scratch, const std::string& database) {
  pqxx::connection connection(scratch.server.connection_string(scratch.user(), database));
  pqxx::nontransaction direct(connection);
  return direct.exec("SELECT to_regclass('delta.schema_migration') IS NOT NULL")
      .front()[0]
      .as<bool>();
}

Result<Proof> check_it(const Scratch& scratch) {
  auto names = databases(scratch);
  if (!names) return std::unexpected(names.error());
  if (!scratch.options.database.empty()) {
    names = std::vector<std::string>{scratch.options.database};
  } else {
    std::erase_if(*names, [&](const auto& name) { return !is_of_delta_ci(scratch, name); });
  }
  Proof proof{"check", State::proven, ""};
  for (const std::string& name : *names) {
    scratch.work.progress("checking " + name, std::nullopt);
    const auto report = check::run_checks(
        {.url = scratch.server.connection_string(scratch.user(), name), .password = {}});
    proof.detail += (proof.detail.empty() ? "" : "; ") + name + ": " +
                    (report ? check::summary_of(*report) : report.error());
    if (!report || !report->sound()) proof.state = State::failed;
    if (!report) continue;
    for (const check::CheckResult& result : report->results) {
      const bool grave = result.outcome == check::Outcome::failed ||
                         (result.outcome == check::Outcome::found &&
                          result.check.severity == check::Severity::critical);
      if (grave) proof.detail += ", " + std::string(result.check.name);
    }
  }
  if (names->empty()) return Proof{"check", State::failed, "it holds no database of Delta CI"};
  return proof;
}

Result<Proof> amcheck_it(const Scratch& scratch) {
  const auto words =
      scratch.server.run("pg_amcheck",
                         {"--all", "--install-missing", "--no-strict-names", "--host",
                          scratch.server.socket().string(), "--username", scratch.user()},
                         scratch.work);
  if (words) return Proof{"amcheck", State::proven, "tables and indexes are as they should be"};
  if (words.error().failure == Failure::unavailable) {
    return Proof{"amcheck", State::unproven, words.error().message};
  }
  return std::unexpected(words.error());
}

Result<Proof> checksums_of_it(const Scratch& scratch) {
  if (auto stopped = scratch.server.stop(); !stopped) return std::unexpected(stopped.error());
  const auto words = scratch.server.run(
      "pg_checksums", {"--check", "--pgdata", scratch.server.data().string()}, scratch.work);
  if (words) return Proof{"checksums", State::proven, "every page has its checksum"};
  if (words.error().message.contains("not enabled")) {
    return Proof{"checksums", State::unproven, "the cluster has no page checksums"};
  }
  return std::unexpected(words.error());
}

/// Adds what the step proves; false: nothing after it makes sense.
Result<bool> take(Verification& into, const std::string& name, const Step& step) {
  const auto begin = std::chrono::steady_clock::now();
  Result<Proof> proof = failed("");
  try {
    proof = step();
  } catch (const std::exception& error) {  // libpqxx
    proof = failed(one_line(error.what()));
  }
  if (!proof && proof.error().failure != Failure::failed) return std::unexpected(proof.error());
  if (!proof) proof = Proof{name, State::failed, proof.error().message};
  proof->took = std::chrono::steady_clock::now() - begin;
  into.proofs.push_back(*proof);
  return proof->state != State::failed;
}

}  // namespace

bool Verification::proven() const {
  return std::ranges::none_of(proofs,
                              [](const Proof& proof) { return proof.state == State::failed; });
}

Result<Verification> verify(const PgBackRest& tool, const VerifyOptions& options,
                            const Work& work) {
  const auto repository = tool.info();
  if (!repository) return std::unexpected(repository.error());
  const auto backup = choose_backup(*repository, options.label, std::nullopt);
  if (!backup) return std::unexpected(backup.error());
  Verification result{backup->label, {}};
  auto going = take(result, "repository", [&] { return read_repository(tool); });
  if (!going) return std::unexpected(going.error());
  // Where others are damaged, this one may still be whole.
  const std::string full = backup->label.substr(0, backup->label.find('_'));
  const bool hopeless = !*going && result.proofs.back().detail.contains("backup: " + full);
  if (hopeless || !options.restore) return result;
  const Cluster* const cluster = repository->cluster_of(*backup);
  const auto binaries = binaries_of(cluster == nullptr ? "" : cluster->version);
  if (!binaries) return std::unexpected(binaries.error());
  const fs::path below =
      options.scratch.empty() ? fs::temp_directory_path() : fs::absolute(options.scratch);
  const delta::PrivateFolder folder((below / "aftershock-verify").string(), tool.account());
  if (auto room = has_room(*backup, folder.path()); !room) return std::unexpected(room.error());
  ScratchServer server(
      {folder.path(), *binaries, tool.account(), tool.environment(), options.limit});
  const Scratch scratch{tool, options, *repository, *backup, work, server};
  const Replay replay = options.label.empty() ? Replay::all : Replay::consistent;
  const RestorePlan plan{.backup = *backup, .replay = replay, .data = server.data()};
  const std::vector<std::pair<std::string, Step>> steps{
      {"restore", [&] { return restore_it(scratch, plan); }},
      {"recovery", [&] { return recover_it(scratch, replay); }},
      {"check", [&] { return check_it(scratch); }},
      {"amcheck", [&] { return amcheck_it(scratch); }},
      {"checksums", [&] { return checksums_of_it(scratch); }}};
  for (const auto& [name, step] : steps) {
    going = take(result, name, step);
    if (!going) return std::unexpected(going.error());
    // Without data, or a server on it, there is nothing to look into.
    if (!*going && (name == "restore" || name == "recovery")) break;
  }
  return result;
}

}  // namespace aftershock::backup
