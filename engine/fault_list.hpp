#pragma once

#include "engine/definition.hpp"
#include "engine/limits.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace cavea::engine {

/// Gathers what is wrong with a definition, up to `limits::faults_max` faults.
class FaultList {
 public:
  void add(std::string field, std::string reason) {
    if (!is_full()) faults_.push_back({.field = std::move(field), .reason = std::move(reason)});
  }

  [[nodiscard]] bool is_full() const noexcept { return faults_.size() >= limits::faults_max; }

  [[nodiscard]] Faults take() && { return std::move(faults_); }

 private:
  Faults faults_;
};

/// Whether `text` has no control characters. Letters beyond ASCII are fine; that they are valid
/// UTF-8 is checked where the text comes in.
[[nodiscard]] bool is_printable(std::string_view text);

/// A title or name: 1 to `limits::title_length_max` bytes, printable.
void check_title(std::string_view text, std::string field, FaultList& faults);

/// Why something was done: up to `limits::reason_length_max` bytes, printable, may be empty.
void check_reason(std::string_view text, std::string field, FaultList& faults);

}  // namespace cavea::engine
