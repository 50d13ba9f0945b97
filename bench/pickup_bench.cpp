// Runners that are connected and idle, and how long a job waits for one of them: over HTTP, against
// a running delta-orchestrator.
//
// usage: pickup_bench --port N --runner-token FILE --client-token FILE
//                     [--runners N] [--rate JOBS-A-SECOND] [--seconds N]
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/check.h"
#include "platform/threads.h"
#include "platform/wire/codec.h"
#include "platform/wire/routes.h"

namespace {

using namespace delta;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Steady = std::chrono::steady_clock;

struct Options {
  std::uint16_t port = 0;
  std::string runner_token;
  std::string client_token;
  std::uint32_t runners = 2'000;
  std::uint32_t rate = 1'000;
  std::uint32_t seconds = 20;
};

/// One connection that asks and waits for the answer, again and again.
class Caller {
 public:
  using Next = std::function<void(Response)>;

  Caller(asio::io_context& context, const Options& options, std::string token)
      : socket_(context), token_(std::move(token)) {
    socket_.connect({asio::ip::address_v4::loopback(), options.port});
    socket_.set_option(tcp::no_delay(true));
  }

  void ask(const Request& request, const std::string& key, Next next) {
    next_ = std::move(next);
    request_ = {};
    request_.version(11);
    request_.method(http::verb::post);
    request_.target(wire::target_of(request));
    request_.set(http::field::host, "localhost");
    request_.set(http::field::authorization, "Bearer " + token_);
    if (!key.empty()) request_.set("Idempotency-Key", key);
    request_.body() = body_of(request);
    request_.prepare_payload();
    http::async_write(socket_, request_, [this](beast::error_code error, std::size_t) {
      CHECK(!error);
      read();
    });
  }

 private:
  /// What a client sends carries no key of its own: the header does.
  static std::string body_of(const Request& request) {
    if (const auto* submit = std::get_if<SubmitRequest>(&request)) {
      return "{\"spec\":" + wire::encode(*submit->spec) + "}";
    }
    return wire::encode(request);
  }
  void read() {
    reply_ = {};
    http::async_read(socket_, buffer_, reply_, [this](beast::error_code error, std::size_t) {
      CHECK(!error);
      auto response = wire::decode_response(reply_.body());
      CHECK(response.has_value());
      // A copy: the next question replaces it.
      const Next next = std::move(next_);
      next(std::move(*response));
    });
  }

  tcp::socket socket_;
  std::string token_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> reply_;
  Next next_;
};

/// When each run was submitted, and how long each waited for its runner.
struct Pickups {
  std::map<RunId, Steady::time_point> submitted;
  std::map<RunId, Steady::time_point> early;  ///< picked up before its submission was answered
  std::vector<std::int64_t> waits;            ///< microseconds

  void add(Steady::time_point from, Steady::time_point to) {
    waits.push_back(std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::microseconds>(to - from).count()));
  }
};

class IdleRunner {
 public:
  IdleRunner(asio::io_context& context, const Options& options, Random& random, Pickups& pickups)
      : caller_(context, options, options.runner_token),
        random_(random),
        pickups_(pickups),
        id_(random_id<RunnerId>(random)) {}

  void acquire() {
    const auto operation = random_id<OperationId>(random_);
    const auto token = random_id<Token>(random_);
    caller_.ask(AcquireRequest{operation, id_, token, 1, 60s, {}}, to_string(operation),
                [this, token](const Response& response) {
                  const auto* reply = std::get_if<AcquireReply>(&response.body);
                  if (reply == nullptr || reply->grants.empty()) return acquire();
                  const Grant& grant = reply->grants.front();
                  note(grant.ref.run);
                  run({grant.ref, grant.epoch, token});
                });
  }

 private:
  void note(RunId run) {
    const auto found = pickups_.submitted.find(run);
    if (found == pickups_.submitted.end()) {
      pickups_.early[run] = Steady::now();
      return;
    }
    pickups_.add(found->second, Steady::now());
    pickups_.submitted.erase(found);
  }
  void run(const Lease& lease) {
    caller_.ask(StartRequest{lease}, "", [this, lease](const Response&) {
      caller_.ask(ReportRequest{lease, AttemptState::running}, "", [this, lease](const Response&) {
        caller_.ask(ReportRequest{lease, AttemptState::uploading}, "",
                    [this, lease](const Response&) {
                      caller_.ask(CompleteRequest{lease, true, FailureClass::user, {}}, "",
                                  [this](const Response&) { acquire(); });
                    });
      });
    });
  }

  Caller caller_;
  Random& random_;
  Pickups& pickups_;
  const RunnerId id_;
};

/// Submits at a steady rate, each on the first idle of its connections.
class SteadyClient {
 public:
  SteadyClient(asio::io_context& context, const Options& options, Random& random, Pickups& pickups)
      : timer_(context), options_(options), random_(random), pickups_(pickups) {
    for (int i = 0; i < 64; ++i) {
      callers_.push_back(std::make_unique<Caller>(context, options, options.client_token));
      idle_.push_back(callers_.back().get());
    }
    RunSpec spec;
    spec.name = "pickup";
    JobSpec job;
    job.name = "job";
    job.command = "true";
    spec.jobs.push_back(job);
    spec_ = *prepare(spec);
  }

  void start() {
    next_ = Steady::now();
    tick();
  }
  std::uint32_t sent() const { return sent_; }
  std::uint32_t late() const { return late_; }

 private:
  void tick() {
    if (sent_ >= options_.rate * options_.seconds) return;
    next_ += std::chrono::nanoseconds(1'000'000'000 / options_.rate);
    submit();
    timer_.expires_at(next_);
    timer_.async_wait([this](beast::error_code) { tick(); });
  }
  void submit() {
    if (idle_.empty()) {
      ++late_;
      return;
    }
    Caller& caller = *idle_.front();
    idle_.pop_front();
    ++sent_;
    const auto operation = random_id<OperationId>(random_);
    const auto begun = Steady::now();
    caller.ask(SubmitRequest{operation, spec_}, to_string(operation),
               [this, &caller, begun](const Response& response) {
                 idle_.push_back(&caller);
                 const auto* reply = std::get_if<SubmitReply>(&response.body);
                 if (reply == nullptr) return;
                 const auto early = pickups_.early.find(reply->run);
                 if (early == pickups_.early.end()) {
                   pickups_.submitted[reply->run] = begun;
                   return;
                 }
                 pickups_.add(begun, early->second);
                 pickups_.early.erase(early);
               });
  }

  asio::steady_timer timer_;
  const Options& options_;
  Random& random_;
  Pickups& pickups_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::deque<Caller*> idle_;
  SharedSpec spec_;
  Steady::time_point next_;
  std::uint32_t sent_ = 0;
  std::uint32_t late_ = 0;
};

std::string first_word(const char* file) {
  std::ifstream in(file);
  std::string word;
  in >> word;
  return word;
}

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i];
    const char* value = arguments[i + 1];
    const auto number = static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
    if (name == "--port") options.port = static_cast<std::uint16_t>(number);
    if (name == "--runner-token") options.runner_token = first_word(value);
    if (name == "--client-token") options.client_token = first_word(value);
    if (name == "--runners") options.runners = number;
    if (name == "--rate") options.rate = number;
    if (name == "--seconds") options.seconds = number;
  }
  return options;
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  asio::io_context context;
  KernelRandom random;
  Pickups pickups;
  std::vector<std::unique_ptr<IdleRunner>> runners;
  for (std::uint32_t i = 0; i < options.runners; ++i) {
    runners.push_back(std::make_unique<IdleRunner>(context, options, random, pickups));
    runners.back()->acquire();
  }
  SteadyClient client(context, options, random, pickups);
  asio::steady_timer settle(context, std::chrono::seconds(3));
  settle.async_wait([&client](beast::error_code) { client.start(); });
  context.run_for(std::chrono::seconds(options.seconds + 6));
  auto& waits = pickups.waits;
  std::sort(waits.begin(), waits.end());
  const auto at = [&waits](std::size_t percent) {
    return waits.empty() ? 0
                         : waits[std::min(waits.size() - 1, waits.size() * percent / 100)] / 1000;
  };
  std::printf(
      "%u idle runners, %u jobs sent (%u too late to send), %zu picked up: "
      "p50 %lld ms, p99 %lld ms, longest %lld ms\n",
      options.runners, client.sent(), client.late(), waits.size(), static_cast<long long>(at(50)),
      static_cast<long long>(at(99)), static_cast<long long>(at(100)));
  return 0;
}
