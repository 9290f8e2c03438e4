#pragma once

#include <memory>
#include <utility>

namespace cavea::engine {

/// A value that lies elsewhere, so that a type can have one of its own kind as a part. Copied with
/// what holds it; never empty, except after it was moved from.
template <class T>
class Boxed {
 public:
  explicit Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}

  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other.value_)) {}

  Boxed(Boxed&&) noexcept = default;

  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = std::make_unique<T>(*other.value_);
    return *this;
  }

  Boxed& operator=(Boxed&&) noexcept = default;

  ~Boxed() = default;

  T& operator*() { return *value_; }

  const T& operator*() const { return *value_; }

  T* operator->() { return value_.get(); }

  const T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace cavea::engine
