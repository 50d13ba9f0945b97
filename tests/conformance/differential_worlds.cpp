#include "tests/conformance/differential_worlds.h"

#include <algorithm>

#include "simulator/world/database_client.h"
#include "tests/conformance/database_texts.h"

namespace delta {

namespace {

/// Times are whole hours from the history's beginning, and now is near it.
std::string hours(Duration from_base) {
  return std::to_string(std::chrono::round<std::chrono::hours>(from_base).count()) + "h";
}

DatabaseTexts texts_for(const Knowledge& knowledge) {
  DatabaseTexts texts;
  texts.time = [base = knowledge.base](DbTime time) -> std::string {
    if (time == kNever) return "never";
    return time == DbTime{} ? "zero" : hours(time - base);
  };
  texts.age = hours;
  texts.serial = [&knowledge](std::uint64_t serial) {
    const auto place = std::ranges::find(knowledge.serials, serial) - knowledge.serials.begin();
    return "#" + std::to_string(place);
  };
  return texts;
}

template <class Value>
Answer answer_of(const std::expected<Value, DbError>& result, const std::string& text) {
  if (result) return {.text = text};
  const DbFailure kind = result.error().kind;
  return {.text = text_of(result.error()),
          .is_broken = kind == DbFailure::unavailable,
          .is_conflict = kind == DbFailure::conflict};
}

}  // namespace

Answer LockstepWorld::perform(Session& session, const Action& action) const {
  using Kind = Action::Kind;
  const DatabaseTexts texts = texts_for(knowledge);
  switch (action.kind) {
    case Kind::open: {
      auto opened = session.open(action.request);
      Answer answer = answer_of(opened, opened ? texts.of(*opened) : "");
      if (opened) answer.opened = std::move(*opened);
      return answer;
    }
    case Kind::commit: {
      CommitResult result = session.commit(action.writes);
      Answer answer{.text = std::to_string(result.outbox.size()) + " serials, ",
                    .serials = std::exchange(result.outbox, {})};
      answer.text += texts.of(result);
      answer.is_broken = result.outcome == CommitOutcome::unknown ||
                         (result.outcome == CommitOutcome::not_committed &&
                          result.error.kind == DbFailure::unavailable);
      return answer;
    }
    case Kind::find: {
      const auto found = session.find(action.find);
      return answer_of(found, found ? texts.of(*found) : "");
    }
    case Kind::delete_outbox: return answer_of(session.delete_outbox(action.serials), "deleted");
    case Kind::purge: {
      const auto purged = session.purge_operations(action.purge);
      return answer_of(purged, purged ? "purged " + std::to_string(*purged) : "");
    }
    case Kind::rollback:
    case Kind::nothing:
    case Kind::kill:
    case Kind::hand_lock:
    case Kind::hand_end: break;
  }
  session.rollback();
  return {.text = "rolled back"};
}

}  // namespace delta

namespace aftershock::sim {

using namespace delta;

namespace {

class Model final : public ModelLockstep {
 public:
  explicit Model(Kernel& kernel) : kernel_(kernel) {
    server_.clock().shift(std::chrono::hours(400'000));
    knowledge.base = server_.now();
    for (std::size_t party = 0; party < kByHand; ++party) {
      hosts_[party] = network_.add_host("party");
      clients_.push_back(std::make_unique<DatabaseClient>(
          kernel_, network_, kernel_.main_process(), hosts_[party], server_,
          DatabaseClientOptions{.user_timeout = std::chrono::hours(1000)}));
      reconnect(party);
    }
    hand_ = *server_.accept_outsider();
  }

  void begin(std::size_t party, const Action& action) override {
    if (action.kind == Action::Kind::kill) {
      network_.reset(hosts_[party]);
    } else if (party == kByHand) {
      begin_by_hand(action);
    } else {
      kernel_.spawn(kernel_.main_process(), "call", [this, party, action] {
        answers_[party] = perform(*sessions_[party], action);
      });
    }
  }
  std::optional<Answer> take(std::size_t party) override {
    return std::exchange(answers_[party], std::nullopt);
  }
  void reconnect(std::size_t party) override {
    sessions_[party].reset();
    sessions_[party] = *clients_[party]->connect();
  }

  void settle() override { kernel_.sleep_until(kernel_.now() + 50ms); }
  ModelCounts counts() const override {
    const DatabaseCounters& counters = server_.counters();
    return {counters.lock_waits, counters.lock_skips, counters.deadlocks, counters.rejected};
  }

 private:
  void begin_by_hand(const Action& action) {
    if (action.kind == Action::Kind::hand_end) {
      server_.start_rollback(
          hand_, {}, [this](RollbackRequest) { answers_[kByHand] = Answer{.text = "ended"}; });
      return;
    }
    server_.start_open(hand_, action.request, [this](std::expected<Opened, DbError> opened) {
      if (!opened) {
        answers_[kByHand] = hand_conflict();
        return;
      }
      answers_[kByHand] = hand_locked();
    });
  }

  Kernel& kernel_;
  Network network_{kernel_, {10us, 10us, 0}};
  DatabaseServer server_{kernel_,
                         network_.add_host("database"),
                         {.lock_timeout = std::chrono::hours(1000),
                          .idle_in_transaction_timeout = std::chrono::hours(1000)}};
  std::array<HostId, kParties> hosts_{};
  std::vector<std::unique_ptr<DatabaseClient>> clients_;
  std::array<std::unique_ptr<Session>, kByHand> sessions_;
  std::array<std::optional<Answer>, kParties> answers_;
  BackendId hand_{};
};

}  // namespace

}  // namespace aftershock::sim

namespace delta {

void run_in_model(const std::function<void(ModelLockstep&)>& body) {
  aftershock::sim::Kernel kernel({.seed = 1});
  std::unique_ptr<aftershock::sim::Model> model;
  kernel.run([&] {
    model = std::make_unique<aftershock::sim::Model>(kernel);
    body(*model);
  });
}

}  // namespace delta
