// The kernel's speed. bench/compare_kernel runs it beside SimGrid on the same work.
#include <benchmark/benchmark.h>

#include <deque>
#include <vector>

#include "simulator/kernel/kernel.h"

namespace aftershock::sim {
namespace {

using namespace std::chrono_literals;

/// Fibers that sleep 1 to 2 us at a time: simgrid_bench's "timers".
void timers(benchmark::State& state) {
  constexpr int kRounds = 1'000;
  const auto fibers = static_cast<std::uint64_t>(state.range(0));
  StackPool stacks;
  for (auto _ : state) {
    Kernel kernel({.seed = 1, .stacks = &stacks});
    kernel.run([&] {
      for (std::uint64_t i = 0; i < fibers; ++i) {
        kernel.spawn(kernel.main_process(), "sleeper", [&kernel, i] {
          delta::Rng random = kernel.stream("sleep", i);
          for (int round = 0; round < kRounds; ++round) {
            kernel.sleep_until(kernel.now() + random.between(1us, 2us));
          }
        });
      }
      kernel.sleep_until(SimTime(1s));
    });
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * kRounds);
}
BENCHMARK(timers)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

/// A host's inbox, as the network model keeps one.
struct Inbox {
  std::deque<std::uint64_t> messages;
  WaitQueue waiting;

  std::uint64_t receive(Kernel& kernel) {
    while (messages.empty()) kernel.wait(waiting, kForever);
    const std::uint64_t message = messages.front();
    messages.pop_front();
    return message;
  }
};

void send(Kernel& kernel, Inbox& to, std::uint64_t message, delta::Duration latency) {
  kernel.at(kernel.now() + latency, [&to, message] {
    to.messages.push_back(message);
    to.waiting.notify_one();
  });
}

/// Pairs of hosts that send one message to and fro: simgrid_bench's "messages".
void messages(benchmark::State& state) {
  constexpr int kRounds = 2'000;
  const auto hosts = static_cast<std::size_t>(state.range(0));
  StackPool stacks;
  for (auto _ : state) {
    Kernel kernel({.seed = 1, .stacks = &stacks});
    std::deque<Inbox> inboxes(hosts);
    kernel.run([&] {
      for (std::size_t i = 0; i < hosts; ++i) {
        kernel.spawn(kernel.create_process("host"), "peer", [&kernel, &inboxes, i] {
          Inbox& mine = inboxes[i];
          Inbox& peer = inboxes[i ^ 1];
          for (std::uint64_t round = 0; round < kRounds; ++round) {
            if (i % 2 == 0) send(kernel, peer, round, 100us);
            mine.receive(kernel);
            if (i % 2 == 1) send(kernel, peer, round, 100us);
          }
        });
      }
      kernel.sleep_until(SimTime(1h));
    });
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * kRounds);
}
BENCHMARK(messages)->Arg(100)->Arg(1'000)->Unit(benchmark::kMillisecond);

/// Waits that a notification ends long before their deadlines: cancelling timers.
void notified_waits(benchmark::State& state) {
  constexpr int kRounds = 100'000;
  for (auto _ : state) {
    Kernel kernel({.seed = 1});
    WaitQueue ping, pong;
    kernel.run([&] {
      kernel.spawn(kernel.main_process(), "peer", [&] {
        while (kernel.wait(ping, kernel.now() + 1h)) pong.notify_one();
      });
      kernel.sleep_until(SimTime(1us));
      for (int round = 0; round < kRounds; ++round) {
        ping.notify_one();
        kernel.wait(pong, kernel.now() + 1h);
      }
    });
  }
  state.SetItemsProcessed(state.iterations() * kRounds * 2);
}
BENCHMARK(notified_waits)->Unit(benchmark::kMillisecond);

/// Fibers that live for one turn.
void spawns(benchmark::State& state) {
  constexpr int kRounds = 100'000;
  for (auto _ : state) {
    Kernel kernel({.seed = 1});
    kernel.run([&] {
      for (int round = 0; round < kRounds; ++round) {
        kernel.spawn(kernel.main_process(), "short", [] {});
        kernel.yield();
      }
    });
  }
  state.SetItemsProcessed(state.iterations() * kRounds);
}
BENCHMARK(spawns)->Unit(benchmark::kMillisecond);

/// Killing processes of ten sleeping fibers each, the making of them included.
void kills(benchmark::State& state) {
  constexpr int kRounds = 1'000;
  constexpr int kFibers = 10;
  for (auto _ : state) {
    Kernel kernel({.seed = 1});
    kernel.run([&] {
      for (int round = 0; round < kRounds; ++round) {
        Process& victim = kernel.create_process("victim");
        for (int i = 0; i < kFibers; ++i) {
          kernel.spawn(victim, "sleeper", [&] { kernel.sleep_until(kForever); });
        }
        kernel.sleep_until(kernel.now() + 1us);
        kernel.kill(victim);
      }
    });
  }
  state.SetItemsProcessed(state.iterations() * kRounds * kFibers);
}
BENCHMARK(kills)->Unit(benchmark::kMillisecond);

/// Making a kernel, running a few fibers and taking all down again: what a sweep does per seed.
void kernels(benchmark::State& state) {
  StackPool stacks;
  for (auto _ : state) {
    Kernel kernel({.seed = 1, .stacks = &stacks});
    kernel.run([&] {
      for (int i = 0; i < 10; ++i) {
        kernel.spawn(kernel.main_process(), "sleeper", [&] { kernel.sleep_until(kForever); });
      }
      kernel.sleep_until(SimTime(1s));
    });
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(kernels)->Unit(benchmark::kMicrosecond);

/// So many fibers at once, asleep, then gone.
void crowd(benchmark::State& state) {
  for (auto _ : state) {
    Kernel kernel({.seed = 1});
    kernel.run([&] {
      for (std::int64_t i = 0; i < state.range(0); ++i) {
        kernel.spawn(kernel.main_process(), "sleeper", [&] { kernel.sleep_until(kForever); });
      }
      kernel.sleep_until(SimTime(1s));
    });
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(crowd)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace aftershock::sim
