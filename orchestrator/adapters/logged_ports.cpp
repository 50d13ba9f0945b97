#include "orchestrator/adapters/logged_ports.h"

namespace delta {

void Outages::failed(const std::string& detail) {
  const std::lock_guard lock(mutex_);
  if (away_ && detail == last_) return;
  log_.warning("dependency_away", "the " + dependency_ + " cannot be used: " + detail,
               {{"dependency", dependency_}});
  away_ = true;
  last_ = detail;
}

void Outages::worked() {
  const std::lock_guard lock(mutex_);
  if (!away_) return;
  log_.info("dependency_back", "the " + dependency_ + " is back", {{"dependency", dependency_}});
  away_ = false;
}

std::expected<std::unique_ptr<Session>, DbError> LoggedDatabase::connect() {
  auto session = inner_.connect();
  if (session) {
    outages_.worked();
  } else {
    outages_.failed(session.error().detail);
  }
  return session;
}

template <class Expected>
Expected LoggedQueue::noted(Expected outcome) {
  if (outcome) {
    outages_.worked();
  } else {
    outages_.failed(outcome.error().detail);
  }
  return outcome;
}

std::expected<void, QueueError> LoggedQueue::publish(const std::vector<AttemptId>& attempts) {
  return noted(inner_.publish(attempts));
}

std::expected<std::vector<QueueEntry>, QueueError> LoggedQueue::receive(std::uint32_t most,
                                                                        Duration wait,
                                                                        Duration visibility) {
  return noted(inner_.receive(most, wait, visibility));
}

std::expected<void, QueueError> LoggedQueue::acknowledge(const std::vector<std::uint64_t>& ids) {
  return noted(inner_.acknowledge(ids));
}

}  // namespace delta
