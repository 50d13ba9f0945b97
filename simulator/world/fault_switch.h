// A condition that several faults may cause at once: it lasts until the last of them is lifted.
#pragma once

#include <cstdint>

#include "core/check.h"

namespace aftershock::sim {

class FaultSwitch {
 public:
  bool on() const { return causes_ > 0; }
  /// One fault begins, or one that began is lifted.
  void set(bool on) {
    CHECK(on || causes_ > 0);
    causes_ += on ? 1 : -1;
  }

 private:
  std::int32_t causes_ = 0;
};

}  // namespace aftershock::sim
