// Carries out what operators ask for while the system runs.
#pragma once

#include <deque>
#include <memory>

#include "orchestrator/committer.h"
#include "orchestrator/connection.h"
#include "orchestrator/context.h"

namespace delta {

/// A change of one row is a message like any other. What is about many rows is found first and then
/// decided in capped transactions; its operation key is stored with the last of them, so that a
/// repetition after a crash in between goes on with what is left.
class Operators {
 public:
  Operators(OrchestratorContext& context, Committer& committer);

  void start();
  /// Any task; does not suspend.
  void handle(AdminRequest request, Responder respond);
  void wake();

 private:
  struct Order {
    AdminRequest request;
    Responder respond;
  };

  void commit_one(const AdminRequest& request, Message message, Responder respond);
  void loop();
  std::optional<Order> next();
  Response carry_out(Connection& connection, const AdminRequest& request);
  /// The messages for all rows that the action is about; none: the database failed.
  std::optional<std::vector<Message>> find(Connection& connection, const AdminRequest& request);
  /// How the operation was answered before, or why that is unknown; none: it was not.
  std::optional<Response> answered_before(const AdminRequest& request);
  /// One transaction of a longer action; on success its reply counts the rows.
  Response commit_some(const AdminRequest& request, std::vector<Message> messages);
  /// Commits the work and waits for its answer. Suspends.
  Response await(Work work);
  Envelope envelope(const AdminRequest& request, Message message);

  OrchestratorContext& context_;
  Committer& committer_;
  std::unique_ptr<Monitor> monitor_;
  std::deque<Order> orders_;
  bool closed_ = false;
};

}  // namespace delta
