#include "orchestrator/adapters/postgres/spec_cache.h"

#include "platform/wire/codec.h"

namespace delta::postgres {

SharedSpec SpecCache::find(RunId run) {
  const std::lock_guard lock(mutex_);
  const auto found = specs_.find(run);
  return found == specs_.end() ? nullptr : found->second;
}

SharedSpec SpecCache::get(RunId run, std::string_view text) {
  if (SharedSpec known = find(run)) return known;
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
