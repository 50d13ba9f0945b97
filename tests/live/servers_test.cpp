// The servers that tests start: there when asked, and gone without a trace afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "platform/servers/postgres_server.h"
#include "platform/servers/redis_server.h"

namespace delta {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct Connected {
  explicit Connected(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    yes = connect(number, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Connected() { close(number); }
  Connected(const Connected&) = delete;
  Connected& operator=(const Connected&) = delete;

  int number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool yes = false;
};

/// The answer to an inline command: its first line.
std::string ask_redis(const RedisServer& server, const std::string& command) {
  const Connected connection(server.port());
  const std::string line = command + "\r\n";
  if (!connection.yes) return "no connection";
  send(connection.number, line.data(), line.size(), MSG_NOSIGNAL);
  std::string answer;
  char letter = 0;
  while (recv(connection.number, &letter, 1, 0) == 1 && letter != '\r') answer += letter;
  return answer;
}

/// The id of the shared memory of a PostgreSQL: the seventh line of its postmaster.pid.
int memory_of(const PostgresServer& server) {
  std::ifstream file(server.folder() / "data" / "postmaster.pid");
  std::string line;
  for (int i = 0; i < 7; ++i) std::getline(file, line);
  std::string key;
  int id = -1;
  std::istringstream(line) >> key >> id;
  return id;
}

bool memory_exists(int id) {
  shmid_ds memory{};
  return shmctl(id, IPC_STAT, &memory) == 0;
}

TEST(PostgresServer, answers_and_leaves_nothing) {
  std::filesystem::path folder;
  std::uint16_t port = 0;
  int memory = -1;
  pid_t postmaster = 0;
  {
    PostgresServer server;
    EXPECT_EQ(server.run_sql("SELECT 1, 'two'"), "1|two\n");
    EXPECT_EQ(server.run_sql("SHOW server_encoding"), "UTF8\n");
    folder = server.folder();
    port = server.port();
    memory = memory_of(server);
    std::ifstream(folder / "data" / "postmaster.pid") >> postmaster;
    EXPECT_TRUE(memory_exists(memory));
    EXPECT_TRUE(Connected(port).yes);
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_FALSE(Connected(port).yes);
  EXPECT_FALSE(memory_exists(memory));
  EXPECT_NE(::kill(postmaster, 0), 0);
}

TEST(PostgresServer, keeps_its_data_and_port_however_it_ended) {
  PostgresServer server;
  const std::uint16_t port = server.port();
  server.run_sql("CREATE TABLE ends (how text)");
  server.run_sql("INSERT INTO ends VALUES ('killed')");
  server.kill();
  EXPECT_FALSE(server.running());
  EXPECT_FALSE(Connected(port).yes);
  server.start();
  server.run_sql("INSERT INTO ends VALUES ('immediate')");
  server.stop(PostgresServer::Stop::immediate);
  server.start();
  server.run_sql("INSERT INTO ends VALUES ('fast')");
  server.stop(PostgresServer::Stop::fast);
  server.start();
  EXPECT_EQ(server.port(), port);
  EXPECT_EQ(server.run_sql("SELECT how FROM ends"), "killed\nimmediate\nfast\n");
}

TEST(PostgresServer, one_that_was_killed_leaves_no_memory_behind) {
  int memory = -1;
  {
    PostgresServer server;
    memory = memory_of(server);
    server.kill();
    EXPECT_TRUE(memory_exists(memory)) << "what the server would find when it starts again";
  }
  EXPECT_FALSE(memory_exists(memory));
}

TEST(PostgresServer, two_at_once_have_nothing_in_common) {
  PostgresServer one;
  PostgresServer other;
  EXPECT_NE(one.port(), other.port());
  const std::string database = one.new_database();
  EXPECT_NE(database, one.new_database());
  one.run_sql("CREATE TABLE t (i int)", database);
  EXPECT_EQ(one.run_sql("SELECT count(*) FROM t", database), "0\n");
  EXPECT_THAT([&] { other.run_sql("SELECT 1", database); },
              ThrowsMessage<ServerError>(HasSubstr("\"" + database + "\" does not exist")));
}

TEST(PostgresServer, one_that_does_not_start_shows_the_end_of_its_log) {
  EXPECT_THAT([] { PostgresServer server({.settings = {{"no_such_setting", "it's"}}}); },
              ThrowsMessage<ServerError>(
                  testing::AllOf(HasSubstr("PostgreSQL ended with exit code 1"),
                                 HasSubstr("unrecognized configuration parameter"))));
}

TEST(RedisServer, answers_and_leaves_nothing) {
  std::filesystem::path folder;
  std::uint16_t port = 0;
  {
    const RedisServer server;
    EXPECT_EQ(ask_redis(server, "PING"), "+PONG");
    folder = server.folder();
    port = server.port();
    EXPECT_TRUE(std::filesystem::exists(folder / "log"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_FALSE(Connected(port).yes);
}

TEST(RedisServer, two_at_once_have_nothing_in_common) {
  const RedisServer one;
  const RedisServer other;
  EXPECT_NE(one.port(), other.port());
  EXPECT_EQ(ask_redis(one, "SET here 1"), "+OK");
  EXPECT_EQ(ask_redis(other, "EXISTS here"), ":0");
}

TEST(RedisServer, one_that_appends_keeps_its_data_when_it_is_killed) {
  RedisServer server({.append_only = true});
  const std::uint16_t port = server.port();
  EXPECT_EQ(ask_redis(server, "SET here 1"), "+OK");
  server.kill();
  EXPECT_FALSE(server.running());
  server.start();
  EXPECT_EQ(server.port(), port);
  EXPECT_EQ(ask_redis(server, "EXISTS here"), ":1");
  server.stop();
  server.start();
  EXPECT_EQ(ask_redis(server, "EXISTS here"), ":1");
}

TEST(RedisServer, one_that_does_not_forgets) {
  RedisServer server;
  EXPECT_EQ(ask_redis(server, "SET here 1"), "+OK");
  server.stop();
  server.start();
  EXPECT_EQ(ask_redis(server, "EXISTS here"), ":0");
}

TEST(RedisServer, asks_for_its_password) {
  const RedisServer server({.password = "secret"});
  EXPECT_THAT(ask_redis(server, "SET here 1"), testing::StartsWith("-NOAUTH"));
}

TEST(RedisServer, one_that_is_stopped_can_be_ended_and_started) {
  RedisServer server({.append_only = true});
  server.pause();
  EXPECT_TRUE(Connected(server.port()).yes) << "the kernel still takes connections";
  server.stop();
  server.start();
  server.pause();
  server.resume();
  EXPECT_EQ(ask_redis(server, "PING"), "+PONG");
  server.pause();
}

}  // namespace
}  // namespace delta
