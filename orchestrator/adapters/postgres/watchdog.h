// Ends calls that hang: a server that is stopped, not dead, keeps its connections and answers
// nothing, and libpq would wait for ever.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/time.h"

namespace delta::postgres {

/// Thread: any. One thread of its own.
class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// While it lives, its socket is shut down once the time is over: whoever waits on it is told
  /// that the connection broke. To be destroyed before the socket is closed.
  class Watch {
   public:
    Watch(Watchdog& dog, int socket, Duration timeout);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& dog_;
    std::multimap<MonoTime, int>::iterator entry_;
    friend class Watchdog;
  };

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable woken_;
  std::multimap<MonoTime, int> sockets_;  ///< -1: already shut down
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace delta::postgres
