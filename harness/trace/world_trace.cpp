#include "harness/trace/world_trace.h"

#include "core/columns.h"
#include "harness/targets.h"
#include "harness/trace/call_text.h"

namespace aftershock {

namespace {

std::string_view name_of(sim::EndCause cause) {
  switch (cause) {
    case sim::EndCause::stopped: return "stopped";
    case sim::EndCause::killed: return "killed";
    case sim::EndCause::oom: return "killed: out of memory";
    case sim::EndCause::panicked: return "panicked";
  }
  return "?";
}

std::string percent(std::uint32_t ppm) {
  std::string text = std::to_string(ppm / 10'000);
  if (ppm % 10'000 != 0) text += "." + std::to_string(ppm % 10'000 / 100);
  return text + "%";
}

std::string describe(const sim::Impairment& impairment) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  if (impairment.latency > Duration{} || impairment.jitter > Duration{}) {
    add("latency +" + delta::format_duration(impairment.latency) + " +-" +
        delta::format_duration(impairment.jitter));
  }
  if (impairment.loss_ppm > 0) add("loss " + percent(impairment.loss_ppm));
  if (impairment.reorder_ppm > 0) {
    add(percent(impairment.reorder_ppm) + " put back by " +
        delta::format_duration(impairment.put_back));
  }
  if (impairment.kbit > 0) add("at most " + std::to_string(impairment.kbit) + " kbit/s");
  return text;
}

/// The scraper's question, every few seconds, tells nothing that the alerts do not.
bool is_noise(const delta::Request& request) {
  return std::holds_alternative<delta::MetricsRequest>(request);
}

}  // namespace

void WorldTrace::attach(sim::World& world) {
  world_ = &world;
  places_[kernel_.main_process().id()] = {kOutside, 0};
  world.observe(this);
  world.database.on_commit([this](const sim::CommitView& commit) { on_commit(commit); });
  world.database.on_outside_write([this](const sim::CommitView& commit) {
    TraceEvent written = commit_event(commit, "outside");
    written.host = host_name(world_->database.primary().host());
    written.text = "rows changed from outside, past Delta CI";
    recorder_.add(std::move(written));
  });
  world.database.on_rewind([this](const sim::Tables& tables, const sim::RecoveryPoint& point) {
    on_rewind(tables, point);
  });
}

void WorldTrace::on_rewind(const sim::Tables& tables, const sim::RecoveryPoint& point) {
  const Place database{host_name(world_->database.primary().host()), 0};
  TraceEvent back = event(TraceKind::database, "rewind", database);
  back.value = static_cast<std::int64_t>(point.commits_lost);
  back.text = "the tables went back: " + std::to_string(point.commits_kept) + " commits kept, " +
              std::to_string(point.commits_lost) + " lost";
  recorder_.add(std::move(back));
  const auto lose = [&](const delta::AttemptRef& ref, const char* row) {
    TraceEvent lost = event(TraceKind::database, "lost_row", database);
    lost.about.push_back(ref);
    lost.text = std::string("its ") + row + " is gone";
    recorder_.add(std::move(lost));
  };
  std::erase_if(attempts_, [&](const auto& known) {
    const bool gone = tables.attempt(known.first) == nullptr;
    if (gone) lose(known.second, "attempt");
    return gone;
  });
  std::erase_if(runs_, [&](delta::RunId run) {
    const bool gone = tables.run(run) == nullptr;
    if (gone) lose({run, 0, {}}, "run");
    return gone;
  });
}

WorldTrace::Place WorldTrace::place_of(std::uint64_t process) const {
  const auto found = places_.find(process);
  return found != places_.end() ? found->second : Place{};
}

std::string WorldTrace::endpoint_name(std::size_t endpoint) const {
  return host_name(world_->endpoint_list.at(endpoint)->host());
}

TraceEvent WorldTrace::event(TraceKind kind, std::string what, const Place& place) const {
  TraceEvent event;
  event.kind = kind;
  event.what = std::move(what);
  event.host = place.host;
  event.incarnation = place.incarnation;
  return event;
}

void WorldTrace::add_process(const sim::Node& node, std::string what, std::string text) {
  TraceEvent added = event(TraceKind::process, std::move(what), {node.name(), node.incarnation()});
  added.text = std::move(text);
  recorder_.add(std::move(added));
}

void WorldTrace::on_start(const sim::Node& node) {
  places_[node.process()->id()] = {node.name(), node.incarnation()};
  add_process(node, "start", "started");
}

void WorldTrace::on_end(const sim::Node& node, sim::EndCause cause) {
  add_process(node, "end", "ended: " + std::string(name_of(cause)));
}

void WorldTrace::on_pause(const sim::Node& node, bool paused) {
  add_process(node, paused ? "pause" : "resume", paused ? "stands still" : "goes on");
}

void WorldTrace::add_network(std::string what, std::string text,
                             const std::vector<sim::HostId>& hosts) {
  TraceEvent added = event(TraceKind::network, std::move(what), {host_name(hosts.front()), 0});
  for (std::size_t i = 1; i < hosts.size(); ++i) added.others.push_back(host_name(hosts[i]));
  added.text = std::move(text);
  recorder_.add(std::move(added));
}

void WorldTrace::on_cut(sim::HostId from, sim::HostId to, bool cut) {
  add_network(cut ? "cut" : "restore",
              (cut ? "cut off from " : "connected again to ") + host_name(to), {from, to});
}

void WorldTrace::on_hold(sim::HostId from, sim::HostId to, bool held) {
  add_network(
      held ? "hold" : "release",
      (held ? "messages are held on the way to " : "held messages go on to ") + host_name(to),
      {from, to});
}

void WorldTrace::on_power(sim::HostId host, bool on) {
  add_network(on ? "power_on" : "power_off", on ? "has power again" : "has lost its power", {host});
}

void WorldTrace::on_impairment(sim::HostId host, const sim::Impairment& impairment, bool begins) {
  add_network(begins ? "impair" : "mend",
              (begins ? "impaired: " : "no longer impaired: ") + describe(impairment), {host});
}

void WorldTrace::on_reset(sim::HostId host, std::size_t connections) {
  add_network("reset", std::to_string(connections) + " connections are reset", {host});
}

void WorldTrace::on_swallowed(sim::HostId from, sim::HostId to) {
  add_network("swallow", "lost: a message to " + host_name(to), {from, to});
}

void WorldTrace::on_accepting(bool accepting) {
  TraceEvent added = event(TraceKind::database, accepting ? "up" : "down",
                           {host_name(world_->database.primary().host()), 0});
  added.text = accepting ? "takes connections" : "takes no connections";
  recorder_.add(std::move(added));
}

void WorldTrace::on_promotion(sim::HostId primary, std::uint32_t timeline) {
  TraceEvent added = event(TraceKind::database, "promotion", {host_name(primary), 0});
  added.value = timeline;
  added.text = "is the primary now, on timeline " + std::to_string(timeline);
  recorder_.add(std::move(added));
}

void WorldTrace::add_queue(std::string what, delta::AttemptId attempt, std::size_t depth) {
  TraceEvent added =
      event(TraceKind::queue, std::move(what), {host_name(world_->queue.primary().host()), 0});
  if (const auto found = attempts_.find(attempt); found != attempts_.end()) {
    added.about.push_back(found->second);
  }
  added.value = static_cast<std::int64_t>(depth);
  added.text = added.what + (added.about.empty() ? " of an entry that names no attempt" : "") +
               ", depth " + std::to_string(depth);
  recorder_.add(std::move(added));
}

void WorldTrace::on_publish(delta::AttemptId attempt, std::size_t depth) {
  add_queue("publish", attempt, depth);
}

void WorldTrace::on_lost(delta::AttemptId attempt, std::size_t depth) {
  add_queue("loss", attempt, depth);
}

void WorldTrace::on_receive(delta::AttemptId attempt, std::size_t depth) {
  add_queue("receive", attempt, depth);
}

void WorldTrace::on_acknowledge(delta::AttemptId attempt, std::size_t depth) {
  add_queue("ack", attempt, depth);
}

void WorldTrace::on_queue_promotion(sim::HostId primary) {
  TraceEvent added = event(TraceKind::queue, "promotion", {host_name(primary), 0});
  added.text = "is the queue's primary now";
  recorder_.add(std::move(added));
}

void WorldTrace::on_depth(std::size_t before, std::size_t depth) {
  TraceEvent added =
      event(TraceKind::queue, "depth", {host_name(world_->queue.primary().host()), 0});
  added.value = static_cast<std::int64_t>(depth);
  added.text = "had " + std::to_string(before) + " entries, has " + std::to_string(depth);
  recorder_.add(std::move(added));
}

std::uint64_t WorldTrace::asked(std::size_t endpoint, const delta::Request& request) {
  if (is_noise(request)) return 0;
  const std::uint64_t call = ++calls_;
  const Place place = place_of(kernel_.current_process().id());
  TraceEvent added = event(TraceKind::request, std::string(aftershock::name_of(request)), place);
  added.others = {endpoint_name(endpoint)};
  added.subject = std::to_string(call);
  added.about = subjects_of(request);
  added.text = describe(request) + " -> " + added.others.front();
  if (const auto* acquire = std::get_if<delta::AcquireRequest>(&request)) {
    runners_[acquire->runner] = place.host;
  }
  const bool submits = std::holds_alternative<delta::SubmitRequest>(request);
  const std::size_t index = recorder_.add(std::move(added));
  if (submits) submissions_[call] = index;
  return call;
}

void WorldTrace::ended(std::uint64_t call, std::size_t endpoint, const delta::Request& request,
                       const CallResult& result) {
  if (is_noise(request)) return;
  TraceEvent added = event(TraceKind::answer, std::string(outcome_of(result)),
                           place_of(kernel_.current_process().id()));
  added.others = {endpoint_name(endpoint)};
  added.subject = std::to_string(call);
  added.about = subjects_of(request, result);
  added.text = std::string(aftershock::name_of(request)) + ": " + describe(result) + " <- " +
               added.others.front();
  if (const auto found = submissions_.find(call); found != submissions_.end()) {
    recorder_.event(found->second).about = added.about;
    submissions_.erase(found);
  }
  recorder_.add(std::move(added));
}

}  // namespace aftershock
