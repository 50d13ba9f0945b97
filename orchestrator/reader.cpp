#include "orchestrator/reader.h"

#include "orchestrator/replies.h"

namespace delta {

namespace {

constexpr std::size_t kMostQuestions = 10'000;

}  // namespace

void Reader::ask(FindRequest question, Reading reading, Responder respond) {
  {
    const Lock lock(*monitor_);
    if (!closed_ && questions_.size() < kMostQuestions) {
      questions_.push_back({std::move(question), std::move(reading), std::move(respond)});
      monitor_->notify_one();
      return;
    }
  }
  respond(failure_reply(Status::unavailable, "the orchestrator is stopping or overloaded"));
}

void Reader::wake() {
  const Lock lock(*monitor_);
  monitor_->notify_all();
}

std::optional<Reader::Question> Reader::next() {
  Lock lock(*monitor_);
  while (questions_.empty() && !context_.stop.requested()) monitor_->wait_until(kNoDeadline);
  if (questions_.empty()) {
    closed_ = true;
    return std::nullopt;
  }
  Question question = std::move(questions_.front());
  questions_.pop_front();
  return question;
}

void Reader::loop() {
  Connection connection(context_.ports.database, context_.database);
  while (const auto question = next()) question->respond(answer(connection, *question));
}

Response Reader::answer(Connection& connection, const Question& question) {
  Session* session = connection.session();
  if (session == nullptr) {
    return failure_reply(Status::unavailable, "the database cannot be reached");
  }
  auto found = session->find(question.request);
  if (!found) {
    connection.lost();
    return failure_reply(Status::unavailable, found.error().detail);
  }
  connection.worked();
  return question.reading(std::move(*found));
}

}  // namespace delta
