// `aftershock check` on a real PostgreSQL: each check is clean on a real history, and finds the
// damage that is planted into a copy of it.
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/check/run_checks.h"
#include "tests/e2e/program.h"
#include "tests/live/api_fixture.h"

namespace aftershock {
namespace {

using namespace delta;
using check::CheckReport;
using check::Outcome;
using check::Severity;
using testing::HasSubstr;
using testing::Not;

std::string twins_of(const std::string& attempts, int count) {
  const std::string columns =
      "run_id, job, number, state, was, lease_end, epoch, generation, token_hash, runner, "
      "available_at, queue_deadline, expires_at, deadline, cancel_deadline, audit_length, "
      "audit_digest";
  return "INSERT INTO attempt (id, " + columns + ") SELECT gen_random_uuid(), " + columns +
         " FROM (" + attempts + ") AS given, generate_series(1, " + std::to_string(count) + ")";
}

/// What makes each check find something. Tables have checks of their own: `was` goes along.
const std::map<std::string, std::string>& plants() {
  static const std::map<std::string, std::string> all{
      {"control-row", "DELETE FROM control"},
      {"runs-without-jobs", "DELETE FROM job WHERE run_id = (SELECT id FROM run LIMIT 1)"},
      {"orphaned-jobs", "DELETE FROM run WHERE state = 3"},
      {"orphaned-attempts", "DELETE FROM job WHERE state = 1"},
      {"jobs-without-attempt", "DELETE FROM attempt WHERE state = 7"},
      {"missing-attempts", "UPDATE job SET attempts = attempts + 1 WHERE state = 0"},
      {"orphaned-outbox",
       "INSERT INTO outbox (attempt, due) "
       "VALUES ('00000000-0000-0000-0000-00000000ffff', now_ns())"},
      {"job-state", "UPDATE job SET state = 2 WHERE state = 1"},
      {"run-open-jobs", "UPDATE run SET open_jobs = open_jobs + 1 WHERE state = 1"},
      {"run-state", "UPDATE run SET state = 3, was = 3 WHERE state = 4"},
      {"two-open-attempts", twins_of("SELECT * FROM attempt WHERE phase = 2", 1)},
      {"work-after-the-end", "UPDATE run SET state = 4, was = 4, finished_at = 1 WHERE state = 1"},
      {"future-checkpoint", "UPDATE attempt SET resume_steps = 5 WHERE phase = 2"},
      {"future-generation", "UPDATE attempt SET generation = 9 WHERE phase = 2"},
      {"audit-events",
       "UPDATE audit SET event = (SELECT event FROM audit ORDER BY serial DESC LIMIT 1) "
       "WHERE serial = (SELECT min(serial) FROM audit)"},
      {"audit-chains",
       "DELETE FROM audit WHERE number = 1 AND attempt_id IN "
       "(SELECT id FROM attempt WHERE state = 7)"},
      {"audit-heads",
       "DELETE FROM audit WHERE (attempt_id, number) IN "
       "(SELECT id, audit_length FROM attempt WHERE state = 7)"},
      {"large-queue", twins_of("SELECT * FROM attempt WHERE phase = 1 LIMIT 1", 10'001)},
      {"stale-leases",
       "UPDATE control SET grace_until = 0; "
       "UPDATE attempt SET expires_at = now_ns() - 3660000000000 WHERE phase = 2"},
      {"overdue-runs", "UPDATE run SET deadline = now_ns() - 3660000000000 WHERE state = 1"},
      {"overdue-work",
       "UPDATE attempt SET available_at = now_ns() - 86460000000000 "
       "WHERE phase = 1"},
      {"overdue-outbox",
       "INSERT INTO outbox (attempt, due) "
       "SELECT id, now_ns() - 660000000000 FROM attempt LIMIT 1"},
      {"no-sweeps", "UPDATE control SET last_sweep = now_ns() - 3660000000000"},
      {"clock-behind", "UPDATE run SET submitted_at = now_ns() + 120000000000"},
      {"invalid-indexes",
       "UPDATE pg_index SET indisvalid = false "
       "WHERE indexrelid = 'delta.run_newest'::regclass"},
  };
  return all;
}

class CheckOnPostgres : public test::ApiFixture {
 protected:
  /// Runs in all kinds of states, once for all tests; each works on a copy.
  void SetUp() override {
    if (history_.empty()) {
      make_history();
      history_ = database_;
    }
    copy_ = "copy_of_" + database_;
    postgres_->run_sql("CREATE DATABASE " + copy_ + " TEMPLATE " + history_);
  }

  void make_history() {
    open_ = open();
    complete(leased(), true);
    complete(leased(R"({"spec":{"name":"bad","jobs":[{"name":"build","command":"false"},
                        {"name":"test","command":"true","needs":["build"]}]}})"),
             false);
    const Lease cancelled = leased();
    EXPECT_EQ(ask_as_runner(StartRequest{cancelled}).status, Status::ok);
    const auto key = random_id<OperationId>(random_);
    ask(CancelRequest{key, cancelled.ref.run}, known_.alice.token, to_string(key));
    EXPECT_EQ(ask_as_runner(CancelAckRequest{cancelled}).status, Status::ok);
    EXPECT_EQ(ask_as_runner(StartRequest{leased()}).status, Status::ok);
    submit();  // stays in the queue
    open_.reset();
    // It had no time to sweep.
    postgres_->run_sql("UPDATE delta.control SET last_sweep = delta.now_ns()", database_);
  }
  Lease leased(const std::string& body = one_job()) {
    submit(body);
    const std::vector<Grant> grants = acquire();
    EXPECT_EQ(grants.size(), 1U);
    return grants.empty() ? Lease{} : lease_of(grants[0]);
  }
  void complete(const Lease& lease, bool succeeded) {
    EXPECT_EQ(ask_as_runner(StartRequest{lease}).status, Status::ok);
    EXPECT_EQ(ask_as_runner(ReportRequest{lease, AttemptState::running}).status, Status::ok);
    EXPECT_EQ(ask_as_runner(ReportRequest{lease, AttemptState::uploading}).status, Status::ok);
    const CompleteRequest done{lease, succeeded, FailureClass::user, {}};
    EXPECT_EQ(ask_as_runner(done).status, Status::ok);
  }

  std::string url() const { return postgres_->connection_string(copy_); }
  void plant(const std::string& sql) const {
    postgres_->run_sql("SET search_path = delta; " + sql, copy_);
  }
  CheckReport checked(Severity least = Severity::info) const {
    auto report = check::run_checks({.url = url(), .password = {}, .least = least});
    EXPECT_TRUE(report) << report.error();
    return report ? *std::move(report) : CheckReport{};
  }
  static std::set<std::string> found_in(const CheckReport& report) {
    std::set<std::string> names;
    for (const check::CheckResult& result : report.results) {
      EXPECT_NE(result.outcome, Outcome::failed) << result.check.name << ": " << result.problem;
      if (result.outcome == Outcome::found) names.insert(std::string(result.check.name));
    }
    return names;
  }
  Ended run(Words words) const {
    const std::string out = folder_.path() / "out", err = folder_.path() / "err";
    words.insert(words.begin(), "check");
    const int code = code_of(start(words, out, err));
    return {code, content_of(out), content_of(err)};
  }

  std::string copy_;
  static inline std::string history_;
};

TEST_F(CheckOnPostgres, ARealHistoryIsClean) {
  const CheckReport report = checked();
  EXPECT_EQ(found_in(report), std::set<std::string>{"page-checksums"});
  EXPECT_TRUE(report.sound());
  EXPECT_GE(report.schema, 2);
  std::map<std::string, std::uint64_t> rows;
  for (const check::TableCount& count : report.counts) rows[count.name] = count.rows;
  EXPECT_EQ(rows["run"], 5U);
  EXPECT_EQ(rows["job"], 6U);
  EXPECT_EQ(rows["control"], 1U);
}

TEST_F(CheckOnPostgres, EveryCheckFindsWhatIsPlanted) {
  std::set<std::string> planted{"page-checksums", "checksum-failures"};
  for (const auto& [name, sql] : plants()) {
    SCOPED_TRACE(name);
    planted.insert(name);
    postgres_->run_sql("DROP DATABASE " + copy_);
    postgres_->run_sql("CREATE DATABASE " + copy_ + " TEMPLATE " + history_);
    plant(sql);
    EXPECT_TRUE(found_in(checked()).contains(name));
  }
  for (const check::Check& check : check::all_checks()) {
    EXPECT_TRUE(planted.contains(std::string(check.name))) << check.name << " has no test";
  }
}

TEST_F(CheckOnPostgres, AMilderCheckIsLeftOutAndAnOlderSchemaSkipsWhatItLacks) {
  plant("UPDATE control SET last_sweep = 1; DELETE FROM schema_migration");
  EXPECT_FALSE(check::run_checks({.url = url(), .password = {}})) << "no migration, no schema";
  plant("INSERT INTO schema_migration VALUES (1, 'initial', '')");
  const CheckReport report = checked(Severity::critical);
  EXPECT_EQ(found_in(report), std::set<std::string>{});
  for (const check::CheckResult& result : report.results) {
    EXPECT_EQ(result.outcome == Outcome::skipped, result.check.since > 1) << result.check.name;
  }
  EXPECT_EQ(found_in(checked(Severity::warning)), std::set<std::string>{"no-sweeps"});
}

TEST_F(CheckOnPostgres, ATableThatIsGoneIsCriticalAndKeepsNoOtherCheckFromRunning) {
  plant("ALTER TABLE job RENAME TO lost; UPDATE attempt SET generation = 9 WHERE phase = 2");
  const CheckReport report = checked();
  std::set<std::string> failed, found;
  for (const check::CheckResult& result : report.results) {
    if (result.outcome == Outcome::failed) failed.insert(std::string(result.check.name));
    if (result.outcome == Outcome::found) found.insert(std::string(result.check.name));
  }
  EXPECT_TRUE(failed.contains("orphaned-jobs"));
  EXPECT_TRUE(found.contains("future-generation"));
  EXPECT_FALSE(report.sound());
}

TEST_F(CheckOnPostgres, TheProgramSaysWhatItMeansAndWhatToDo) {
  const Ended clean = run({"--database", url()});
  EXPECT_EQ(clean.code, 0) << clean.err;
  EXPECT_THAT(clean.out, HasSubstr(": clean\n"));
  plant(plants().at("orphaned-jobs"));
  const Ended found = run({"--database", url(), "--severity", "critical"});
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.out, HasSubstr("CRITICAL  orphaned-jobs\n  1 found: job 0 of run "));
  EXPECT_THAT(found.out, HasSubstr("  do: "));
  EXPECT_THAT(found.out, Not(HasSubstr("page-checksums")));
  const auto document = nlohmann::json::parse(run({"--database", url(), "--json"}).out);
  EXPECT_EQ(document["format"], "aftershock-check");
  EXPECT_EQ(document["sound"], false);
  EXPECT_EQ(document["rows"]["run"], 4);
}

TEST_F(CheckOnPostgres, TheProgramRefusesWhatItCannotCheckAndSaysNoPassword) {
  EXPECT_EQ(run({}).code, 64);
  EXPECT_EQ(run({"--database", url(), "--severity", "bad"}).code, 64);
  EXPECT_EQ(run({"--database", url(), "--password-file", folder_.path() / "none"}).code, 64);
  EXPECT_EQ(run({"--list"}).code, 0);
  const Ended empty = run({"--database", postgres_->connection_string("postgres")});
  EXPECT_EQ(empty.code, 69);
  EXPECT_THAT(empty.err, HasSubstr("no schema of Delta CI"));
  std::ofstream(folder_.path() / "secret") << "hunter2\n";
  const Ended away = run({"--database", "host=127.0.0.1 port=1 dbname=delta", "--password-file",
                          folder_.path() / "secret"});
  EXPECT_EQ(away.code, 69);
  EXPECT_THAT(away.err, HasSubstr("Connection refused"));
  EXPECT_THAT(away.err, Not(HasSubstr("hunter2")));
}

TEST(CheckOnADamagedDisk, APageWithAWrongChecksumIsCritical) {
  PostgresServer server({.page_checksums = true});
  const std::string url = server.connection_string();
  ASSERT_TRUE(migrate({.url = url}));
  const std::string file = server.run_sql("SELECT pg_relation_filepath('delta.control')");
  server.stop();
  {
    const auto path = server.folder() / "data" / file.substr(0, file.find('\n'));
    std::fstream page(path, std::ios::in | std::ios::out | std::ios::binary);
    page.seekp(8000);
    page.put('!');
  }
  server.start();
  const auto counted_by_postgres = [&] {
    const auto report = check::run_checks({.url = url, .password = {}});
    EXPECT_TRUE(report && !report->sound());
    return std::ranges::any_of(report->results, [](const check::CheckResult& result) {
      return result.check.name == "checksum-failures" && result.outcome == Outcome::found;
    });
  };
  EXPECT_TRUE(test::becomes(counted_by_postgres));
}

}  // namespace
}  // namespace aftershock
