// queue.outage, .slow, .crash, .corrupt, .lose, .duplicate, .reorder, .stall, .trim
#include "simulator/faults/counted_fault.h"

namespace aftershock::sim {

namespace {

/// Who asks a queue all the time: its clients, or the primary of a replica.
std::uint64_t turned_away(const QueueServer& server) {
  return server.gate().refused() + server.counters().missed;
}

/// It ends. Proof: those who asked it were turned away.
class QueueEnds final : public Fault {
 public:
  using End = std::function<void()>;
  QueueEnds(QueueServer& server, End end) : server_(server), end_(std::move(end)) {}

  void inject() override {
    before_ = server_.counters();
    refused_before_ = turned_away(server_);
    end_();
  }
  Effect effect() const override {
    const std::uint64_t refused = turned_away(server_) - refused_before_;
    const QueueCounters& now = server_.counters();
    return {refused > 0, delta::counted(refused, "request") + " refused, " +
                             delta::counted(now.lost - before_.lost, "entry") + " lost, " +
                             std::to_string(now.returned - before_.returned) +
                             " came back that had been acknowledged"};
  }

 private:
  QueueServer& server_;
  End end_;
  QueueCounters before_;
  std::uint64_t refused_before_ = 0;
};

std::unique_ptr<Fault> make_end(QueueServer& queue, const FaultRequest& request) {
  if (request.kind == "queue.corrupt") {
    return std::make_unique<QueueEnds>(queue, [&queue] { queue.corrupt(); });
  }
  if (request.kind != "queue.crash") return nullptr;
  const delta::Parameters& given = request.parameters;
  return std::make_unique<QueueEnds>(
      queue, [&queue, downtime = given.duration("downtime"),
              kind = given.choice<CrashKind>("kind")] { queue.crash(downtime, kind); });
}

std::unique_ptr<Fault> make_disorder(QueueServer& queue, const FaultRequest& request) {
  if (request.kind == "queue.lose") {
    return counted([&queue, request](bool on) { queue.add_loss(signed_ppm(request, on)); },
                   [&queue] { return queue.counters().lost; }, {"entry", "lost"});
  }
  if (request.kind == "queue.duplicate") {
    return counted([&queue, request](bool on) { queue.add_copies(signed_ppm(request, on)); },
                   [&queue] { return queue.counters().copies_taken; },
                   {"entry", "handed out twice"});
  }
  if (request.kind == "queue.reorder") {
    const delta::Duration delay = request.parameters.duration("delay");
    return counted(
        [&queue, request, delay](bool on) {
          queue.add_reordering(signed_ppm(request, on), on ? delay : -delay);
        },
        [&queue] { return queue.counters().overtaken; }, {"entry", "overtaken by later ones"});
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Fault> make_queue_fault(World& world, const FaultRequest& request) {
  if (!request.kind.starts_with("queue.")) return nullptr;
  QueueServer& queue = world.queue.on(request.targets.front().host);
  if (request.kind == "queue.outage") {
    return counted([&queue](bool on) { queue.set_outage(on); },
                   [&queue] { return turned_away(queue); }, {"request", "refused"});
  }
  if (request.kind == "queue.stall") {
    return counted([&queue](bool on) { queue.set_stalled(on); },
                   [&queue] { return queue.counters().withheld; },
                   {"time", "that entries were withheld from a receiver"});
  }
  if (request.kind == "queue.trim") {
    const std::uint32_t length = request.parameters.count("length");
    return counted(
        [&queue, length](bool on) { on ? queue.add_limit(length) : queue.remove_limit(length); },
        [&queue] { return queue.counters().trimmed; }, {"entry", "trimmed before anybody came"});
  }
  if (auto end = make_end(queue, request)) return end;
  if (auto disorder = make_disorder(queue, request)) return disorder;
  return make_server_fault(queue, request);
}

}  // namespace aftershock::sim
