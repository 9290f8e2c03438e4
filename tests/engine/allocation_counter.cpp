#include "tests/engine/allocation_counter.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> live_bytes{0};
std::atomic<std::size_t> count{0};

void* counted(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(memory);
  ++count;
  return memory;
}

void forget(void* memory) noexcept {
  live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}

void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return counted(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void operator delete(void* memory) noexcept {
  forget(memory);
}

void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
  forget(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  forget(memory);
}

namespace cavea::engine::testing {

Allocations allocations() noexcept {
  return {.live_bytes = live_bytes, .count = count};
}

}  // namespace cavea::engine::testing
