// What only the real database has: its schema, its plans, its round trips.
#include <gmock/gmock.h>

#include <fstream>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <pqxx/result>
#include <pqxx/row>
#include <regex>
#include <sstream>
#include <thread>

#include "orchestrator/adapters/postgres/statements.h"
#include "orchestrator/adapters/postgres_database.h"
#include "platform/servers/postgres_server.h"
#include "tests/conformance/database_rows.h"
#include "tests/conformance/database_texts.h"

namespace delta {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class PostgresSchema : public testing::Test {
 protected:
  static PostgresServer& server() {
    static PostgresServer only;
    return only;
  }
  std::string run_sql(const std::string& sql) const { return server().run_sql(sql, name_); }
  std::string connect_error() const {
    const auto session = PostgresDatabase(options_).connect();
    return session ? "" : session.error().detail;
  }
  std::unique_ptr<Session> connect() { return std::move(database_.connect().value()); }
  void store(const WriteSet& writes) {
    const auto session = connect();
    ASSERT_TRUE(session->open({}));
    ASSERT_EQ(session->commit(writes).outcome, CommitOutcome::committed);
  }

  const std::string name_ = server().new_database();
  const PostgresOptions options_{.url = server().connection_string(name_)};
  PostgresDatabase database_{options_};
};

TEST_F(PostgresSchema, migrating_twice_does_nothing_the_second_time) {
  const auto first = migrate(options_);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_THAT(*first, SizeIs(testing::Ge(1U)));
  const auto second = migrate(options_);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_THAT(*second, IsEmpty());
  EXPECT_EQ(connect_error(), "");
}

TEST_F(PostgresSchema, migrating_side_by_side_applies_every_step_once) {
  std::atomic<std::size_t> steps = 0;
  std::atomic<int> failures = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto done = migrate(options_);
      if (!done) ++failures;
      if (done) steps += done->size();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(std::to_string(steps) + "\n", run_sql("SELECT count(*) FROM delta.schema_migration"));
}

TEST_F(PostgresSchema, a_database_with_another_schema_is_refused_with_what_to_do) {
  EXPECT_THAT(connect_error(), HasSubstr("migrate")) << "empty";
  ASSERT_TRUE(migrate(options_));
  run_sql("INSERT INTO delta.schema_migration (version, name, digest) VALUES (999, 'new', '')");
  EXPECT_THAT(connect_error(), HasSubstr("update this"));
  run_sql("DELETE FROM delta.schema_migration");
  EXPECT_THAT(connect_error(), HasSubstr("migrate"));
  run_sql("INSERT INTO delta.schema_migration (version, name, digest) VALUES (1, 'old', 'other')");
  const auto again = migrate(options_);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().detail, HasSubstr("migration 1"));
}

TEST_F(PostgresSchema, a_server_that_is_not_there_is_unavailable) {
  const ReservedPort free;
  const auto session =
      PostgresDatabase({.url = "host=127.0.0.1 port=" + std::to_string(free.number())}).connect();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, DbFailure::unavailable);
  EXPECT_THAT(session.error().detail, testing::Not(IsEmpty()));
}

TEST_F(PostgresSchema, what_another_program_reads_is_what_was_written) {
  ASSERT_TRUE(migrate(options_));
  store(new_run(1, 3));
  const auto copy = copy_database(options_);
  ASSERT_TRUE(copy) << copy.error().detail;
  const auto session = connect();
  OpenRequest request = lock_run(1, Scope::run);
  const auto opened = session->open(request);
  ASSERT_TRUE(opened);
  Rows rows = opened->rows;
  rows.control = opened->control;
  EXPECT_EQ(DatabaseTexts{}.of(copy->rows), DatabaseTexts{}.of(rows));
}

/// "EXPLAIN EXECUTE name (NULL, ...)" of each prepared statement.
TEST_F(PostgresSchema, no_prepared_statement_scans_a_table_from_end_to_end) {
  ASSERT_TRUE(migrate(options_));
  pqxx::connection connection(options_.url);
  pqxx::nontransaction direct(connection);
  direct.exec("SET search_path = delta");
  direct.exec("SET enable_seqscan = off");
  direct.exec("SET plan_cache_mode = force_generic_plan");
  const std::regex head(R"(PREPARE (\w+)(?:\s*\(([^)]*)\))? AS)");
  for (const std::string& statement : postgres::preparations()) {
    direct.exec(statement);
    std::smatch match;
    ASSERT_TRUE(std::regex_search(statement, match, head)) << statement;
    std::string arguments;
    if (match[2].matched) {
      const std::string types = match[2];
      const auto commas = std::ranges::count(types, ',');
      for (std::ptrdiff_t i = 0; i <= commas; ++i) arguments += i == 0 ? "(NULL" : ", NULL";
      arguments += ")";
    }
    std::string plan;
    for (const auto& row : direct.exec("EXPLAIN EXECUTE " + match[1].str() + arguments)) {
      plan += std::string(row[0].c_str()) + "\n";
    }
    std::istringstream lines(plan);
    for (std::string line; std::getline(lines, line);) {
      // The control table has one row.
      const bool scans = line.find("Seq Scan") != std::string::npos &&
                         line.find(" on control") == std::string::npos;
      EXPECT_FALSE(scans) << match[1] << "\n" << plan;
    }
  }
}

// The CHECKs of the schema

using Edges = std::set<int>;

/// Of numbers from * 100 + to: several edges may be passed between two writes.
template <class Array>
Edges closure(const Array& edges) {
  Edges all;
  for (const auto& edge : edges) {
    all.insert(static_cast<int>(edge.from) * 100 + static_cast<int>(edge.to));
  }
  for (std::size_t before = 0; before != all.size();) {
    before = all.size();
    const Edges known = all;
    for (const int first : known) {
      for (const int second : known) {
        if (first % 100 == second / 100) all.insert(first / 100 * 100 + second % 100);
      }
    }
  }
  return all;
}

/// The numbers in the parentheses after IN of the constraint.
Edges edges_in(const std::string& script, const std::string& constraint) {
  std::string text = script.substr(script.find("CONSTRAINT " + constraint));
  text = text.substr(text.find(" IN (") + 5);
  text = text.substr(0, text.find(')'));
  std::ranges::replace(text, ',', ' ');
  std::istringstream numbers(text);
  Edges edges;
  for (int number = 0; numbers >> number;) edges.insert(number);
  return edges;
}

TEST(PostgresTransitions, are_those_of_the_state_machines_one_or_several_steps_apart) {
  std::ifstream file("orchestrator/adapters/postgres/migrations/0001_initial.sql");
  std::ostringstream script;
  script << file.rdbuf();
  EXPECT_EQ(edges_in(script.str(), "run_transition"), closure(kRunEdges));
  EXPECT_EQ(edges_in(script.str(), "attempt_transition"), closure(kAttemptEdges));
}

TEST_F(PostgresSchema, refuses_a_transition_that_no_state_machine_has) {
  ASSERT_TRUE(migrate(options_));
  WriteSet first = new_run(1);
  first.attempts[0].row.state = AttemptState::cancel_requested;
  store(first);
  const auto session = connect();
  const auto opened = session->open(lock_run(1, Scope::run));
  ASSERT_TRUE(opened);
  Attempt row = opened->rows.attempts.at(0);
  row.state = AttemptState::succeeded;
  const CommitResult result = session->commit(written(update(opened->rows.attempts[0], row)));
  EXPECT_EQ(result.outcome, CommitOutcome::not_committed);
  EXPECT_EQ(result.error.kind, DbFailure::rejected);
}

}  // namespace
}  // namespace delta
