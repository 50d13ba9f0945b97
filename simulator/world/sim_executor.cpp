#include "simulator/world/sim_executor.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base64.h"

namespace aftershock::sim {

namespace {

struct Command {
  std::int64_t milliseconds = 0;
  std::int32_t exit_code = 0;
  std::uint32_t artifacts = 0;
  std::uint32_t log_lines = 0;
  std::vector<std::string> echoed;      ///< names of variables
  std::optional<std::uint32_t> number;  ///< to be added to the job's state
  bool spoils = false;
};

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

template <class Number>
bool read(std::string_view word, Number& into) {
  const char* end = word.data() + word.size();
  const auto parsed = std::from_chars(word.data(), end, into);
  return parsed.ec == std::errc{} && parsed.ptr == end;
}

std::optional<Command> parse(std::string_view text) {
  if (next_word(text) != "delta-work") return std::nullopt;
  Command command;
  for (std::string_view option = next_word(text); !option.empty(); option = next_word(text)) {
    const std::string_view value = next_word(text);
    const bool known = (option == "--ms" && read(value, command.milliseconds)) ||
                       (option == "--exit" && read(value, command.exit_code)) ||
                       (option == "--artifacts" && read(value, command.artifacts)) ||
                       (option == "--log" && read(value, command.log_lines));
    if (option == "--state" || option == "--spoil") {
      command.spoils = option == "--spoil";
      if (!read(value, command.number.emplace())) return std::nullopt;
      continue;
    }
    const bool echo = option == "--echo-secret" && !value.empty();
    if (echo) command.echoed.emplace_back(value);
    if (!known && !echo) return std::nullopt;
  }
  return command;
}

/// What the command prints, in pieces that end in the middle of a value.
std::vector<std::string> printed_by(const Command& command, const delta::Environment& environment) {
  std::vector<std::string> pieces;
  for (std::uint32_t i = 0; i < command.log_lines; ++i) {
    pieces.push_back("line " + std::to_string(i + 1) + "\n");
  }
  for (const std::string& name : command.echoed) {
    const auto found = environment.find(name);
    const std::string value = found == environment.end() ? "" : found->second;
    pieces.push_back(name + "=" + value.substr(0, value.size() / 2));
    pieces.push_back(value.substr(value.size() / 2) + "\n");
    pieces.push_back("authorization: Basic " + delta::base64("user:" + value) + "\n");
  }
  return pieces;
}

/// "[1,2]" and 3 is "[1,2,3]". None: that is no list, and the command fails.
std::optional<std::string> added_to(const std::string& list, std::uint32_t number) {
  if (list.empty()) return "[" + std::to_string(number) + "]";
  if (!list.ends_with(']')) return std::nullopt;
  return list.substr(0, list.size() - 1) + "," + std::to_string(number) + "]";
}

constexpr std::uint64_t kArtifactSize = 1 << 20;

}  // namespace

class SimExecution final : public delta::Execution {
 public:
  /// `text`: the command as it is written.
  SimExecution(SimExecutor& executor, delta::AttemptId attempt, const std::string& text,
               const Command& command, std::vector<std::string> pieces, delta::Output output,
               std::function<void()> told)
      : executor_(executor),
        kernel_(executor.kernel_),
        runtime_(executor.runtime_),
        attempt_(attempt),
        began_at_(kernel_.now()),
        takes_(std::chrono::milliseconds(command.milliseconds)),
        ends_at_(began_at_ + takes_),
        pieces_(std::move(pieces)),
        output_(std::move(output)),
        told_(std::move(told)) {
    executor_.executions_.push_back(this);
    result_.exit_code = command.exit_code;
    for (std::uint32_t i = 0; i < command.artifacts; ++i) {
      const std::string name = "artifact-" + std::to_string(i);
      const std::uint64_t digest = delta::mix64(delta::hash_name(text) ^ i);
      result_.artifacts.push_back({name, {digest, kArtifactSize, {}, name}});
    }
  }

  SimExecution(const SimExecution&) = delete;
  SimExecution& operator=(const SimExecution&) = delete;
  ~SimExecution() override { std::erase(executor_.executions_, this); }

  bool works_on(delta::AttemptId attempt) const {
    return attempt_ == attempt && ends_at_ != kForever && kernel_.now() < ends_at_;
  }

  bool wait_until(delta::MonoTime deadline) override {
    HostClock& clock = runtime_.clock();
    while (!woken_ && runtime_.process().alive()) {
      print_what_is_due();
      // The command takes its time whatever the clock shows; the deadline is the clock's.
      const SimTime until = std::min(ends_at_, clock.to_sim(deadline));
      if (kernel_.now() >= until) break;
      clock.wait(waiter_, std::min(until, next_piece_at()));
    }
    woken_ = false;
    if (kernel_.now() < ends_at_) return false;
    print_what_is_due();
    told_();
    return true;
  }
  void wake() override {
    woken_ = true;
    waiter_.notify_all();
  }
  void kill() override { ends_at_ = kForever; }
  delta::ExecutionResult result() override { return result_; }
  void leave(std::optional<std::string> state) {
    if (!state) result_.exit_code = 1;
    result_.state = std::move(state).value_or("");
  }

 private:
  /// One after the other from the beginning to the end, which the last one meets.
  SimTime next_piece_at() const {
    if (printed_ == pieces_.size()) return kForever;
    const auto count = static_cast<std::int64_t>(pieces_.size());
    return began_at_ + takes_ * static_cast<std::int64_t>(printed_ + 1) / count;
  }
  void print_what_is_due() {
    while (next_piece_at() <= kernel_.now()) output_(pieces_[printed_++]);
  }

  SimExecutor& executor_;
  Kernel& kernel_;
  ProcessRuntime& runtime_;
  const delta::AttemptId attempt_;
  const SimTime began_at_;
  const delta::Duration takes_;
  SimTime ends_at_;  ///< kForever: killed
  const std::vector<std::string> pieces_;
  std::size_t printed_ = 0;  ///< of the pieces
  delta::Output output_;
  const std::function<void()> told_;
  ClockQueue waiter_;
  bool woken_ = false;
  delta::ExecutionResult result_;
};

bool SimExecutor::works_on(delta::AttemptId attempt) const {
  return std::ranges::any_of(executions_, [attempt](const SimExecution* execution) {
    return execution->works_on(attempt);
  });
}

class SimWorkplace final : public delta::Workplace {
 public:
  SimWorkplace(SimExecutor& executor, delta::Assignment assignment)
      : executor_(executor), given_(std::move(assignment)) {}

  /// Null for any other program, as for one that is not installed.
  std::unique_ptr<delta::Execution> start(std::size_t index) override {
    const std::string& text = given_.job.command_at(index);
    const auto command = parse(text);
    if (!command) return nullptr;
    auto execution = std::make_unique<SimExecution>(
        executor_, given_.attempt, text, *command, printed_by(*command, given_.environment),
        given_.output, [&executor = executor_, attempt = given_.attempt, index] {
          executor.ended_(attempt, index);
        });
    if (command->number) {
      auto state = added_to(given_.state, *command->number);
      if (state && command->spoils) state->pop_back();
      execution->leave(state);
      given_.state = state.value_or(given_.state);
    }
    return execution;
  }

 private:
  SimExecutor& executor_;
  delta::Assignment given_;  ///< its state: as the last command leaves it
};

std::unique_ptr<delta::Workplace> SimExecutor::prepare(delta::Assignment assignment) {
  return std::make_unique<SimWorkplace>(*this, std::move(assignment));
}

}  // namespace aftershock::sim
