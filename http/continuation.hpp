#pragma once

#include "engine/assert.hpp"
#include "engine/command_bus.hpp"

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace cavea::http {

class Exchange;

/// What to do with an answer of the bus: a function `void(Exchange&, engine::Answer&&)` that is
/// called at most once, on the I/O thread of its connection (and not at all when the connection is
/// gone). Captures up to `inline_bytes` are kept inside, so that asking the bus does not allocate.
class Continuation {
 public:
  static constexpr std::size_t inline_bytes = 96;

  Continuation() = default;

  template <class F>

  requires(
      !std::is_same_v<
          std::remove_cvref_t<F>,
          Continuation> && std::is_invocable_v<F&, Exchange&, engine::Answer&&>)
      Continuation(F&& function) {
    using Function = std::remove_cvref_t<F>;
    if constexpr (is_inline<Function>) {
      new (storage_) Function(std::forward<F>(function));
    } else {
      *reinterpret_cast<void**>(storage_) = new Function(std::forward<F>(function));
    }
    operations_ = &operations_of<Function>;
  }

  Continuation(Continuation&& other) noexcept { take(other); }

  Continuation& operator=(Continuation&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }

  Continuation(const Continuation&) = delete;
  Continuation& operator=(const Continuation&) = delete;

  ~Continuation() { reset(); }

  explicit operator bool() const noexcept { return operations_ != nullptr; }

  /// Asserts that there is a function.
  void operator()(Exchange& exchange, engine::Answer&& answer) {
    CAVEA_ASSERT(operations_ != nullptr);
    operations_->call(storage_, exchange, std::move(answer));
  }

  void reset() noexcept {
    if (operations_ != nullptr) operations_->destroy(storage_);
    operations_ = nullptr;
  }

 private:
  struct Operations {
    void (*call)(void*, Exchange&, engine::Answer&&);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };

  template <class F>
  static constexpr bool is_inline = sizeof(F) <= inline_bytes
                                    && alignof(F) <= alignof(std::max_align_t)
                                    && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static F& function_in(void* storage) {
    if constexpr (is_inline<F>) {
      return *std::launder(static_cast<F*>(storage));
    } else {
      return *static_cast<F*>(*static_cast<void**>(storage));
    }
  }

  template <class F>
  static constexpr Operations operations_of{
      .call = [](void* storage,
                 Exchange& exchange,
                 engine::Answer&& answer) { function_in<F>(storage)(exchange, std::move(answer)); },
      .move =
          [](void* from, void* to) noexcept {
            if constexpr (is_inline<F>) {
              new (to) F(std::move(function_in<F>(from)));
              function_in<F>(from).~F();
            } else {
              *static_cast<void**>(to) = *static_cast<void**>(from);
            }
          },
      .destroy =
          [](void* storage) noexcept {
            if constexpr (is_inline<F>) {
              function_in<F>(storage).~F();
            } else {
              delete &function_in<F>(storage);
            }
          }};

  void take(Continuation& other) noexcept {
    if (other.operations_ != nullptr) other.operations_->move(other.storage_, storage_);
    operations_ = std::exchange(other.operations_, nullptr);
  }

  alignas(std::max_align_t) std::byte storage_[inline_bytes];
  const Operations* operations_ = nullptr;
};

}  // namespace cavea::http
