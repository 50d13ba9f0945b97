// The ports with a line in the log when a dependency goes away or comes back. The logic above them
// is pure and says nothing.
#pragma once

#include <mutex>

#include "core/ports/database.h"
#include "core/ports/queue.h"
#include "platform/log.h"

namespace delta {

/// One line a change, not one a failure. Thread: any.
class Outages {
 public:
  Outages(Log& log, std::string_view dependency) : log_(log), dependency_(dependency) {}

  void failed(const std::string& detail);
  void worked();

 private:
  Log& log_;
  const std::string dependency_;
  std::mutex mutex_;
  bool away_ = false;
  std::string last_;  ///< detail
};

class LoggedDatabase final : public Database {
 public:
  LoggedDatabase(Database& inner, Log& log) : inner_(inner), outages_(log, "database") {}
  std::expected<std::unique_ptr<Session>, DbError> connect() override;

 private:
  Database& inner_;
  Outages outages_;
};

class LoggedQueue final : public Queue {
 public:
  LoggedQueue(Queue& inner, Log& log) : inner_(inner), outages_(log, "queue") {}
  std::expected<void, QueueError> publish(const std::vector<AttemptId>& attempts) override;
  std::expected<std::vector<QueueEntry>, QueueError> receive(std::uint32_t most, Duration wait,
                                                             Duration visibility) override;
  std::expected<void, QueueError> acknowledge(const std::vector<std::uint64_t>& ids) override;
  void stop_waiting() override { inner_.stop_waiting(); }

 private:
  template <class Expected>
  Expected noted(Expected outcome);

  Queue& inner_;
  Outages outages_;
};

}  // namespace delta
