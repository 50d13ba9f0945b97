// The work of kernel_bench's "timers" and "messages" on SimGrid, printed as Google Benchmark's
// CSV: one workload a process, since SimGrid allows one engine in each.
#include <cstdint>
#include <ctime>
#include <functional>
#include <iostream>
#include <simgrid/s4u.hpp>
#include <string>
#include <string_view>

#include "core/rng.h"

namespace {

namespace s4u = simgrid::s4u;
using namespace std::chrono_literals;

constexpr double kLatencySeconds = 100e-6;
constexpr std::uint64_t kPayloadBytes = 1;

void make_timers(s4u::NetZone* zone, std::uint64_t actors, int rounds) {
  s4u::Host* host = zone->create_host("host", 1e9);
  zone->seal();
  const delta::Rng root(1);
  for (std::uint64_t i = 0; i < actors; ++i) {
    s4u::Actor::create("sleeper", host, [random = root.stream("sleep", i), rounds]() mutable {
      for (int round = 0; round < rounds; ++round) {
        const delta::Duration pause = random.between(1us, 2us);
        s4u::this_actor::sleep_for(static_cast<double>(pause.count()) * 1e-9);
      }
    });
  }
}

void make_messages(s4u::NetZone* zone, std::uint64_t hosts, int rounds) {
  // One link a pair, as fast as needed: the work is the messages, not the sharing of bandwidth.
  std::vector<s4u::Host*> made;
  for (std::uint64_t i = 0; i < hosts; ++i) {
    made.push_back(zone->create_host("host-" + std::to_string(i), 1e9));
  }
  for (std::uint64_t i = 0; i < hosts; i += 2) {
    const s4u::Link* link =
        zone->create_link("link-" + std::to_string(i), 1e12)->set_latency(kLatencySeconds)->seal();
    zone->add_route(made[i]->get_netpoint(), made[i + 1]->get_netpoint(), nullptr, nullptr,
                    {s4u::LinkInRoute(link)});
  }
  zone->seal();
  for (std::uint64_t i = 0; i < hosts; ++i) {
    s4u::Actor::create("peer", made[i], [i, rounds] {
      s4u::Mailbox* mine = s4u::Mailbox::by_name(std::to_string(i));
      s4u::Mailbox* peer = s4u::Mailbox::by_name(std::to_string(i ^ 1));
      std::uint64_t message = i;
      for (int round = 0; round < rounds; ++round) {
        if (i % 2 == 0) peer->put(&message, kPayloadBytes);
        mine->get<std::uint64_t>();
        if (i % 2 == 1) peer->put(&message, kPayloadBytes);
      }
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  using Make = std::function<void(s4u::NetZone*, std::uint64_t, int)>;
  s4u::Engine engine(&argc, argv);
  const std::string_view workload = argc == 3 ? argv[1] : "";
  if (workload != "timers" && workload != "messages") {
    std::cerr << "usage: simgrid_bench timers|messages COUNT [--cfg=...]\n";
    return 64;
  }
  const std::uint64_t count = std::stoull(argv[2]);
  const int rounds = workload == "timers" ? 1'000 : 2'000;
  const Make make = workload == "timers" ? Make(make_timers) : Make(make_messages);

  // Like Google Benchmark's items_per_second: by processor time, the set-up included.
  const std::clock_t begin = std::clock();
  make(s4u::create_full_zone("zone"), count, rounds);
  engine.run();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;

  const double items = static_cast<double>(count) * rounds;
  std::cout << "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second\n"
            << '"' << workload << '/' << count << "\",1," << seconds * 1e3 << ',' << seconds * 1e3
            << ",ms,," << items / seconds << '\n';
  return 0;
}
