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
  /// Any task; does not suspend.
  void get_run(RunId run, Responder respond);
  void wake();

 private:
  struct Question {
    RunId run;
    Responder respond;
  };

  void loop();
  std::optional<Question> next();
  Response answer(Connection& connection, RunId run);

  OrchestratorContext& context_;
  std::unique_ptr<Monitor> monitor_;
  std::deque<Question> questions_;
  bool closed_ = false;
};

}  // namespace delta
