#include "orchestrator/adapters/http/health_reply.h"

#include <string_view>
#include <vector>

#include "platform/wire/json_writer.h"

namespace delta::http {

namespace {

template <class Write>
std::string object_of(Write write) {
  wire::JsonWriter writer;
  writer.begin_object();
  write(writer);
  writer.end_object();
  return std::move(writer).take() + "\n";
}

/// Its last calls worked, and there was one.
bool is_ready(const Health& health) { return health.database_up && !health.stopping; }

std::string_view status_of(const Health& health) {
  if (!health.stuck_loops.empty()) return "stuck";
  if (!is_ready(health)) return health.stopping ? "draining" : "down";
  return health.queue_up ? "ok" : "degraded";
}

std::string_view name_of(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return "closed";
    case BreakerState::half_open: return "half_open";
    case BreakerState::open: return "open";
  }
  return "?";
}

/// One dependency, as a member of the list.
struct DependencyEntry {
  std::string_view name;
  bool up = false;
  const DependencyHealth& health;

  void write(wire::JsonWriter& it) const {
    it.begin_object();
    it.field("name", name);
    it.field("up", up);
    it.field("breaker", name_of(health.breaker));
    it.field("opened", health.opened);
    it.optional("latency", health.latency);
    if (health.latency) it.field("measured", health.measured);
    it.end_object();
  }
};

std::vector<std::string_view> names_of(const Roles& roles) {
  std::vector<std::string_view> names;
  if (roles.api) names.emplace_back("api");
  if (roles.dispatch) names.emplace_back("dispatch");
  if (roles.schedule) names.emplace_back("schedule");
  if (roles.reap) names.emplace_back("reap");
  return names;
}

}  // namespace

Reply live_reply(const Health& health) {
  const bool is_live = health.stuck_loops.empty();
  return {.status = is_live ? 200 : 503, .body = object_of([&](auto& it) {
                                           it.field("live", is_live);
                                           it.field("stuck", health.stuck_loops);
                                         })};
}

Reply ready_reply(const Health& health) {
  const bool ready = is_ready(health);
  return {.status = ready ? 200 : 503, .body = object_of([&](auto& it) {
                                         it.field("ready", ready);
                                         it.field("database", health.database_up);
                                         it.field("queue", health.queue_up);
                                         it.field("draining", health.stopping);
                                       })};
}

Reply health_reply(const Health& health) {
  const std::vector<DependencyEntry> dependencies{{"database", health.database_up, health.database},
                                                  {"queue", health.queue_up, health.queue}};
  return {.status = is_ready(health) ? 200 : 503, .body = object_of([&](auto& it) {
                                                    it.field("status", status_of(health));
                                                    it.field("roles", names_of(health.roles));
                                                    it.field("dependencies", dependencies);
                                                    it.field("stuck", health.stuck_loops);
                                                    it.field("draining", health.stopping);
                                                  })};
}

Reply version_reply(const std::string& version) {
  return {.body = object_of([&](auto& it) { it.field("version", version); })};
}

}  // namespace delta::http
