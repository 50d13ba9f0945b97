// Answers questions about runs from committed rows, without locks.
#pragma once

#include <deque>
#include <memory>

#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

class Reader {
 public:
  explicit Reader(OrchestratorContext& context)
      : context_(context), monitor_(context.ports.runtime.tasks.make_monitor()) {}

  void start() {
    context_.ports.runtime.tasks.spawn("reader", [this] { loop(); });
  }
  /// Makes the answer of what was found.
  using Reading = std::function<Response(Found)>;
  /// Any task; does not suspend. `respond` is called by the reader's task, and may go on from
  /// there.
  void ask(FindRequest question, Reading reading, Responder respond);
  void wake();

 private:
  struct Question {
    FindRequest request;
    Reading reading;
    Responder respond;
  };

  void loop();
  std::optional<Question> next();
  Response answer(Connection& connection, const Question& question);

  OrchestratorContext& context_;
  std::unique_ptr<Monitor> monitor_;
  std::deque<Question> questions_;
  bool closed_ = false;
};

}  // namespace delta
