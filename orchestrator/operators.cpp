#include "orchestrator/operators.h"

#include <algorithm>

#include "orchestrator/replies.h"

namespace delta {

namespace {

constexpr std::size_t kMostOrders = 100;
constexpr std::uint32_t kMostRows = 10'000;

/// The action's one message; none: it is about many rows.
struct MessageOf {
  const std::string& who;

  Message change(const PolicyChange& change) const { return SetPolicy{change, who}; }

  std::optional<Message> operator()(const PauseIngestion&) const {
    return change({.ingesting = false});
  }
  std::optional<Message> operator()(const ResumeIngestion&) const {
    return change({.ingesting = true});
  }
  std::optional<Message> operator()(const SetLeaseTtl& a) const {
    return change({.lease_ttl = TtlOverride{a.ttl, a.for_how_long}});
  }
  std::optional<Message> operator()(const LimitConcurrency& a) const {
    return change({.most_leases = a.most});
  }
  std::optional<Message> operator()(const LimitSubmissions& a) const {
    return change({.submissions_per_minute = a.per_minute});
  }
  std::optional<Message> operator()(const ReenqueueWork& a) const {
    if (a.attempt.is_nil()) return std::nullopt;
    return Reenqueue{a.attempt, who};
  }
  std::optional<Message> operator()(const RevokeLeases& a) const {
    if (a.attempt.attempt.is_nil()) return std::nullopt;
    return Revoke{a.attempt, who};
  }
  std::optional<Message> operator()(const BeginGeneration&) const { return RaiseGeneration{who}; }
};

/// What an action's operation key stands for.
struct DigestOf {
  static std::uint64_t of(const Duration& value) {
    return mix64(static_cast<std::uint64_t>(value.count()));
  }

  std::uint64_t operator()(const PauseIngestion&) const { return 0; }
  std::uint64_t operator()(const ResumeIngestion&) const { return 0; }
  std::uint64_t operator()(const SetLeaseTtl& a) const {
    return mix64(of(a.ttl)) ^ of(a.for_how_long);
  }
  std::uint64_t operator()(const LimitConcurrency& a) const { return a.most; }
  std::uint64_t operator()(const LimitSubmissions& a) const { return a.per_minute; }
  std::uint64_t operator()(const ReenqueueWork& a) const { return mix_digest(a.attempt); }
  std::uint64_t operator()(const RevokeLeases& a) const {
    return mix64(mix_digest(a.attempt.attempt)) ^ mix_digest(a.runner);
  }
  std::uint64_t operator()(const BeginGeneration&) const { return 0; }
};

OperationKey key_of(const AdminRequest& request) {
  const std::uint64_t action =
      mix64(request.action.index()) ^ std::visit(DigestOf{}, request.action);
  return {request.operation, mix64(action) ^ hash_name(request.who)};
}

/// Why the request is wrong in itself; empty when it is not.
std::string mistakes(const AdminRequest& request, const Settings& settings) {
  if (!is_operator_name(request.who)) {
    return "the operator's name must be 1 to 64 printable ASCII characters";
  }
  const auto message = std::visit(MessageOf{request.who}, request.action);
  std::string sentences;
  if (const auto* set = message ? std::get_if<SetPolicy>(&*message) : nullptr) {
    for (const std::string& problem : problems(set->change, settings)) {
      sentences += (sentences.empty() ? "" : "; ") + problem;
    }
  }
  return sentences;
}

std::uint32_t accepted(Verdicts verdicts) {
  const auto is_accepted = [](const std::optional<Reason>& refused) { return !refused; };
  return static_cast<std::uint32_t>(std::ranges::count_if(verdicts, is_accepted));
}

Response admin_reply(const Control& control, std::uint32_t rows, bool more) {
  Response response;
  response.body = AdminReply{rows, more, control.generation, control.policy};
  return response;
}

}  // namespace

Operators::Operators(OrchestratorContext& context, Committer& committer)
    : context_(context),
      committer_(committer),
      monitor_(context.ports.runtime.tasks.make_monitor()) {}

void Operators::start() {
  context_.ports.runtime.tasks.spawn("operators", [this] { loop(); });
}

void Operators::wake() {
  const Lock lock(*monitor_);
  monitor_->notify_all();
}

void Operators::handle(AdminRequest request, Responder respond) {
  if (std::string wrong = mistakes(request, context_.settings); !wrong.empty()) {
    return respond(failure_reply(Status::invalid, std::move(wrong)));
  }
  if (auto message = std::visit(MessageOf{request.who}, request.action)) {
    return commit_one(request, std::move(*message), std::move(respond));
  }
  {
    const Lock lock(*monitor_);
    if (!closed_ && orders_.size() < kMostOrders) {
      orders_.push_back({std::move(request), std::move(respond)});
      monitor_->notify_all();
      return;
    }
  }
  respond(failure_reply(Status::unavailable, "the orchestrator is stopping or overloaded"));
}

Envelope Operators::envelope(const AdminRequest& request, Message message) {
  return {std::move(message), {ActorKind::operator_, hash_name(request.who)}, context_.nonce()};
}

void Operators::commit_one(const AdminRequest& request, Message message, Responder respond) {
  const bool about_row = footprint(message).scope != Scope::control;
  Work work;
  work.operation = key_of(request);
  work.messages.push_back(envelope(request, std::move(message)));
  work.reply = [about_row](const Decided& decided) {
    if (decided.verdicts[0]) return verdict_reply(decided.verdicts[0]);
    return admin_reply(decided.control, about_row ? 1 : 0, false);
  };
  work.respond = std::move(respond);
  committer_.submit(std::move(work));
}

std::optional<Operators::Order> Operators::next() {
  Lock lock(*monitor_);
  while (orders_.empty() && !context_.stop.requested()) monitor_->wait_until(kNoDeadline);
  if (orders_.empty()) {
    closed_ = true;
    return std::nullopt;
  }
  Order order = std::move(orders_.front());
  orders_.pop_front();
  return order;
}

void Operators::loop() {
  Connection connection(context_.ports.database, context_.database);
  while (const auto order = next()) order->respond(carry_out(connection, order->request));
}

Response Operators::carry_out(Connection& connection, const AdminRequest& request) {
  if (auto before = answered_before(request)) return std::move(*before);
  auto messages = find(connection, request);
  if (!messages) return failure_reply(Status::unavailable, "the database cannot be reached");
  const bool more = messages->size() >= kMostRows;
  std::uint32_t rows = 0;
  while (!messages->empty()) {
    const std::size_t share =
        std::min<std::size_t>(messages->size(), context_.settings.sweep_batch);
    const auto last = messages->end() - static_cast<std::ptrdiff_t>(share);
    Response part = commit_some(
        request, {std::make_move_iterator(last), std::make_move_iterator(messages->end())});
    messages->erase(last, messages->end());
    const auto* done = std::get_if<AdminReply>(&part.body);
    if (done == nullptr) return part;  // the same again does the rest
    rows += done->rows;
  }
  Work work;
  work.operation = key_of(request);
  work.reply = [rows, more](const Decided& d) { return admin_reply(d.control, rows, more); };
  return await(std::move(work));
}

std::optional<Response> Operators::answered_before(const AdminRequest& request) {
  const auto is_new = std::make_shared<bool>(false);
  Work work;
  work.operation = key_of(request);
  work.reply = [is_new](const Decided&) {
    *is_new = true;
    return failure_reply(Status::unavailable, "not carried out yet");
  };
  Response response = await(std::move(work));
  if (*is_new && response.status == Status::unavailable) return std::nullopt;
  return response;
}

std::optional<std::vector<Message>> Operators::find(Connection& connection,
                                                    const AdminRequest& request) {
  const auto* revoke = std::get_if<RevokeLeases>(&request.action);
  FindRequest wanted = FindDispatchable{.limit = kMostRows};
  if (revoke != nullptr) {
    FindLive live{.limit = kMostRows};
    if (!revoke->runner.is_nil()) live.runner = revoke->runner;
    wanted = live;
  }
  Session* session = connection.session();
  if (session == nullptr) return std::nullopt;
  const auto found = session->find(wanted);
  if (!found) {
    connection.lost();
    return std::nullopt;
  }
  connection.worked();
  std::vector<Message> messages;
  for (const AttemptRef& ref : found->live) messages.emplace_back(Revoke{ref, request.who});
  for (const AttemptId attempt : found->attempts) {
    messages.emplace_back(Reenqueue{attempt, request.who});
  }
  return messages;
}

Response Operators::commit_some(const AdminRequest& request, std::vector<Message> messages) {
  Work work;
  // A key of its own, so that a commit in doubt is not counted as nothing when it is run again.
  work.operation = OperationKey{random_id<OperationId>(context_.ports.runtime.random), 0};
  for (Message& message : messages) work.messages.push_back(envelope(request, std::move(message)));
  work.reply = [](const Decided& decided) {
    return admin_reply(decided.control, accepted(decided.verdicts), false);
  };
  return await(std::move(work));
}

Response Operators::await(Work work) {
  struct Answer {
    std::unique_ptr<Monitor> monitor;
    std::optional<Response> response;
  };
  const auto answer = std::make_shared<Answer>();
  answer->monitor = context_.ports.runtime.tasks.make_monitor();
  work.respond = [answer](Response response) {
    const Lock lock(*answer->monitor);
    answer->response = std::move(response);
    answer->monitor->notify_all();
  };
  committer_.submit(std::move(work));
  Lock lock(*answer->monitor);
  while (!answer->response) answer->monitor->wait_until(kNoDeadline);
  return std::move(*answer->response);
}

}  // namespace delta
