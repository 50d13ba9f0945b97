// message.late, message.duplicate, message.garble: what runners send to the targets;
// message.poison: the queue
#include <algorithm>

#include "simulator/faults/counted_fault.h"

namespace aftershock::sim {

namespace {

std::vector<ApiEndpoint*> endpoints_of(World& world, const FaultRequest& request) {
  std::vector<ApiEndpoint*> endpoints;
  for (const FaultTarget& target : request.targets) {
    const auto found = std::ranges::find(world.endpoint_list, target.host, &ApiEndpoint::host);
    CHECK(found != world.endpoint_list.end());
    endpoints.push_back(*found);
  }
  return endpoints;
}

std::uint64_t sum(const std::vector<ApiEndpoint*>& endpoints,
                  std::uint64_t (ApiEndpoint::*counter)() const) {
  std::uint64_t all = 0;
  for (const ApiEndpoint* endpoint : endpoints) all += (endpoint->*counter)();
  return all;
}

/// Proof: senders that gave up on a late request, and late ones that a process handled.
class Late final : public Fault {
 public:
  Late(World& world, const FaultRequest& request)
      : endpoints_(endpoints_of(world, request)), request_(request) {}

  void inject() override {
    given_up_before_ = sum(endpoints_, &ApiEndpoint::given_up);
    handled_before_ = sum(endpoints_, &ApiEndpoint::handled_late);
    apply(true);
  }
  void heal() override { apply(false); }
  Effect effect() const override {
    const std::uint64_t given_up = sum(endpoints_, &ApiEndpoint::given_up) - given_up_before_;
    const std::uint64_t handled = sum(endpoints_, &ApiEndpoint::handled_late) - handled_before_;
    return {given_up + handled > 0, delta::counted(given_up, "request") + " given up by senders, " +
                                        std::to_string(handled) + " handled late"};
  }

 private:
  void apply(bool on) {
    const delta::Duration delay = request_.parameters.duration("delay");
    for (ApiEndpoint* endpoint : endpoints_) {
      endpoint->add_late(signed_ppm(request_, on), on ? delay : -delay);
    }
  }

  std::vector<ApiEndpoint*> endpoints_;
  FaultRequest request_;
  std::uint64_t given_up_before_ = 0;
  std::uint64_t handled_before_ = 0;
};

std::unique_ptr<Fault> make_duplicate(World& world, const FaultRequest& request) {
  const auto endpoints = endpoints_of(world, request);
  const delta::Duration delay = request.parameters.duration("delay");
  return counted(
      [endpoints, request, delay](bool on) {
        for (ApiEndpoint* endpoint : endpoints) {
          endpoint->add_copies(signed_ppm(request, on), on ? delay : -delay);
        }
      },
      [endpoints] { return sum(endpoints, &ApiEndpoint::handled_again); },
      {"request", "handled once more"});
}

std::unique_ptr<Fault> make_garble(World& world, const FaultRequest& request) {
  const auto endpoints = endpoints_of(world, request);
  return counted(
      [endpoints, request](bool on) {
        for (ApiEndpoint* endpoint : endpoints) endpoint->add_garbling(signed_ppm(request, on));
      },
      [endpoints] { return sum(endpoints, &ApiEndpoint::handled_garbled); },
      {"checkpoint", "that arrived cut short"});
}

/// Proof: the product took the entries and acknowledged them.
class Poison final : public Fault {
 public:
  Poison(QueueServer& server, std::uint32_t count) : server_(server), count_(count) {}

  void inject() override {
    before_ = server_.counters();
    server_.poison(count_);
  }
  Effect effect() const override {
    const std::uint64_t taken = server_.counters().poison_taken - before_.poison_taken;
    const std::uint64_t finished = server_.counters().poison_finished - before_.poison_finished;
    return {taken > 0, delta::counted(taken, "poisoned entry") + " taken, " +
                           std::to_string(finished) + " acknowledged"};
  }

 private:
  QueueServer& server_;
  std::uint32_t count_;
  QueueCounters before_;
};

}  // namespace

std::unique_ptr<Fault> make_message_fault(World& world, const FaultRequest& request) {
  if (request.kind == "message.late") return std::make_unique<Late>(world, request);
  if (request.kind == "message.duplicate") return make_duplicate(world, request);
  if (request.kind == "message.garble") return make_garble(world, request);
  if (request.kind == "message.poison") {
    return std::make_unique<Poison>(world.queue.primary(), request.parameters.count("count"));
  }
  return nullptr;
}

}  // namespace aftershock::sim
