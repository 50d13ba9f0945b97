// Fiber stacks out of a few large mappings.
#include "simulator/kernel/stack_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <new>

#if defined(AFTERSHOCK_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace aftershock::sim {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kFirstSlab = 16;  ///< stacks
constexpr std::size_t kLargestSlab = 1024;
// Stacks at equal offsets from a page would all compete for the same few sets of the cache:
// each begins a little lower than its neighbour. Boost aligns to 256 bytes.
constexpr std::size_t kColours = 16;
constexpr std::size_t kColourStep = 256;

}  // namespace

StackPool::StackPool(std::size_t stack_size)
    : stack_size_((std::max<std::size_t>(stack_size, 4 * kPage) + kPage - 1) / kPage * kPage) {}

StackPool::~StackPool() {
  for (const Slab& slab : slabs_) munmap(slab.memory, slab.size);
}

Stack StackPool::take() {
  if (!free_.empty()) {
    const Stack stack = free_.back();
    free_.pop_back();
    return stack;
  }
  if (left_in_slab_ == 0) grow();
  const Slab& slab = slabs_.back();
  std::byte* guard = slab.memory + slab.size - left_in_slab_ * (stack_size_ + kPage);
  // A refused guard only costs the early fault; the stack pointer is still checked.
  if (made_ < kGuarded) static_cast<void>(mprotect(guard, kPage, PROT_NONE));
  --left_in_slab_;
  const std::size_t colour = made_++ % kColours * kColourStep;
  return {guard + kPage, stack_size_ - colour};
}

void StackPool::give_back(Stack stack) noexcept {
#if defined(AFTERSHOCK_ASAN)
  // A context's outermost frames never return, so nothing else clears their red zones.
  __asan_unpoison_memory_region(stack.bottom, stack.size);
#endif
  free_.push_back(stack);
}

void StackPool::grow() {
  const std::size_t count = std::clamp(made_, kFirstSlab, kLargestSlab);
  const std::size_t size = count * (stack_size_ + kPage);
  slabs_.reserve(slabs_.size() + 1);
  free_.reserve(made_ + count);  // so that giving back cannot fail
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  slabs_.push_back({static_cast<std::byte*>(memory), size});
  left_in_slab_ = count;
}

}  // namespace aftershock::sim
