#include "orchestrator/adapters/postgres/spec_cache.h"

#include "platform/wire/codec.h"

namespace delta::postgres {

SharedSpec SpecCache::get(RunId run, std::string_view text) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = specs_.find(run);
    if (found != specs_.end()) return found->second;
  }
  auto spec = wire::decode_spec(text);
  if (!spec) return nullptr;
  put(run, *spec);
  return std::move(*spec);
}

void SpecCache::put(RunId run, SharedSpec spec) {
  const std::lock_guard lock(mutex_);
  if (!specs_.emplace(run, std::move(spec)).second) return;
  order_.push_back(run);
  if (order_.size() <= kMost) return;
  specs_.erase(order_.front());
  order_.pop_front();
}

}  // namespace delta::postgres
