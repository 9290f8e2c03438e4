#pragma once

#include "engine/assert.hpp"

#include <utility>
#include <variant>

namespace cavea::engine {

/// A value or the reason why there is none (g++ 12 has no `std::expected`).
/// `T` and `E` must be different types; both convert implicitly, so that functions may `return`
/// either.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}

  Result(E error) : content_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool has_value() const noexcept { return content_.index() == 0; }

  explicit operator bool() const noexcept { return has_value(); }

  /// The value; asserts that there is one.
  [[nodiscard]] T& value() & {
    CAVEA_ASSERT(has_value());
    return *std::get_if<0>(&content_);
  }

  [[nodiscard]] const T& value() const& {
    CAVEA_ASSERT(has_value());
    return *std::get_if<0>(&content_);
  }

  [[nodiscard]] T&& value() && {
    CAVEA_ASSERT(has_value());
    return std::move(*std::get_if<0>(&content_));
  }

  /// The reason; asserts that there is no value.
  [[nodiscard]] E& error() & {
    CAVEA_ASSERT(!has_value());
    return *std::get_if<1>(&content_);
  }

  [[nodiscard]] const E& error() const& {
    CAVEA_ASSERT(!has_value());
    return *std::get_if<1>(&content_);
  }

  [[nodiscard]] E&& error() && {
    CAVEA_ASSERT(!has_value());
    return std::move(*std::get_if<1>(&content_));
  }

  T* operator->() { return &value(); }

  const T* operator->() const { return &value(); }

  T& operator*() & { return value(); }

  const T& operator*() const& { return value(); }

 private:
  std::variant<T, E> content_;
};

}  // namespace cavea::engine
