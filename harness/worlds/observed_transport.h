// A transport that shows each answer to the checkers at the moment its caller gets it.
#pragma once

#include <functional>

#include "core/ports/transport.h"

namespace aftershock {

class ObservedTransport final : public delta::Transport {
 public:
  using Observer = std::function<void(const delta::Request&, const delta::Response&)>;

  ObservedTransport(delta::Transport& inner, Observer observer)
      : inner_(inner), observer_(std::move(observer)) {}

  std::size_t endpoints() const override { return inner_.endpoints(); }
  std::expected<delta::Response, delta::CallError> call(std::size_t endpoint,
                                                        delta::Request request,
                                                        delta::Duration timeout) override {
    auto answer = inner_.call(endpoint, request, timeout);
    if (answer) observer_(request, *answer);
    return answer;
  }

 private:
  delta::Transport& inner_;
  Observer observer_;
};

}  // namespace aftershock
