#include "tests/conformance/database_conformance.h"

namespace delta {

void DatabaseConformance::run(const std::function<void()>& body, Duration lock_timeout) {
  world_ = GetParam().make(lock_timeout);
  world_->run([&] {
    monitor_ = world_->runtime().tasks.make_monitor();
    body();
  });
}

std::unique_ptr<Session> DatabaseConformance::connect() {
  auto session = world_->database().connect();
  EXPECT_TRUE(session) << session.error().detail;
  return session ? std::move(*session) : nullptr;
}

void DatabaseConformance::sleep(Duration time) {
  Clock& clock = world_->runtime().clock;
  clock.sleep_until(clock.now() + time);
}

Opened DatabaseConformance::open(Session& session, const OpenRequest& request) {
  auto opened = session.open(request);
  EXPECT_TRUE(opened) << opened.error().detail;
  return opened ? std::move(*opened) : Opened{};
}

std::vector<std::uint64_t> DatabaseConformance::commit(Session& session, WriteSet writes) {
  CommitResult result = session.commit(std::move(writes));
  EXPECT_EQ(result.outcome, CommitOutcome::committed) << result.error.detail;
  return std::move(result.outbox);
}

Found DatabaseConformance::find(Session& session, const FindRequest& request) {
  auto found = session.find(request);
  EXPECT_TRUE(found) << found.error().detail;
  return found ? std::move(*found) : Found{};
}

std::vector<std::uint64_t> DatabaseConformance::store(WriteSet writes, const OpenRequest& request) {
  const auto session = connect();
  open(*session, request);
  return commit(*session, std::move(writes));
}

void DatabaseConformance::expect_rejected(const OpenRequest& request, const WriteSet& writes) {
  const std::string before = stored_text();
  const auto session = connect();
  open(*session, request);
  const CommitResult result = session->commit(writes);
  EXPECT_EQ(result.outcome, CommitOutcome::not_committed);
  EXPECT_EQ(result.error.kind, DbFailure::rejected) << result.error.detail;
  EXPECT_EQ(stored_text(), before);
  open(*session, request);
  session->rollback();
}

OpenCall DatabaseConformance::begin_open(Session& session, const OpenRequest& request) {
  OpenCall call;
  ++*pending_;
  world_->runtime().tasks.spawn("open", [&session, request, answer = call.answer, this] {
    auto opened = session.open(request);
    const Lock lock(*monitor_);
    answer->emplace(std::move(opened));
    --*pending_;
  });
  return call;
}

CommitCall DatabaseConformance::begin_commit(Session& session, const WriteSet& writes) {
  CommitCall call;
  ++*pending_;
  world_->runtime().tasks.spawn("commit", [&session, writes, answer = call.answer, this] {
    auto result = session.commit(writes);
    const Lock lock(*monitor_);
    answer->emplace(std::move(result));
    --*pending_;
  });
  return call;
}

void DatabaseConformance::settle() {
  const auto pending = [this] {
    const Lock lock(*monitor_);
    return *pending_;
  };
  for (int i = 0; i < 2000; ++i) {
    sleep(5ms);
    if (const std::size_t left = pending(); left == 0 || world_->are_waiting(left)) return;
  }
  FAIL() << pending() << " calls neither end nor wait for a lock";
}

std::string DatabaseConformance::stored_text() {
  const StoredRows stored = world_->stored();
  std::string text = texts_.of(stored.rows);
  for (const AuditEvent& event : stored.audit) text += texts_.of(event);
  return text;
}

}  // namespace delta
