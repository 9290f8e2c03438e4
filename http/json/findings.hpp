#pragma once

#include "engine/definition.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http::json {

/// Faults that are reported of one document; more are neither kept nor counted.
inline constexpr std::size_t faults_max = 100;

/// Where a pointer in a report is cut (then "..." follows): names come from the client, and may be
/// as long as the whole document.
inline constexpr std::size_t pointer_bytes_max = 256;

/// Where a reader is inside a document: a chain on the stack, so that walking through a quarter of
/// a million seats builds no strings. Only a fault turns it into a JSON pointer (RFC 6901).
struct Path {
  const Path* parent = nullptr;
  std::string_view name{};  ///< Member of an object; ignored when `is_index`.
  std::size_t index = 0;    ///< Element of an array.
  bool is_index = false;

  [[nodiscard]] static Path root() { return {}; }

  [[nodiscard]] Path member(std::string_view member_name) const {
    return {.parent = this, .name = member_name};
  }

  [[nodiscard]] Path element(std::size_t element_index) const {
    return {.parent = this, .index = element_index, .is_index = true};
  }

  /// "" for the root, else "/seat_map/sections/0/id" with `~` and `/` escaped. Ends
  /// in "..." where it would be longer than `pointer_bytes_max`.
  [[nodiscard]] std::string pointer() const;

 private:
  /// False when the text is full.
  bool append_to(std::string& text) const;
};

/// How bad an input is; the worst fault decides what the client is told.
enum class Severity : unsigned char {
  meaning = 0,  ///< Well formed, but it cannot be (422 `definition_not_valid`).
  shape = 1,    ///< A field of the wrong type or range, or an unknown one (400 `invalid_request`).
  malformed = 2,  ///< Not JSON at all (400 `malformed_json`).
};

/// Why an input was not taken: the faults that were found, in the order of the document.
struct BadInput {
  Severity severity = Severity::shape;
  engine::Faults faults;
  std::string detail;  ///< For `malformed`: where and why, in words.
};

/// Gathers faults while a document is read: the first `faults_max` of them.
class Findings {
 public:
  /// A field of the wrong type or range.
  void shape(const Path& at, std::string reason) {
    severity_ = Severity::shape;
    meaning(at, std::move(reason));
  }

  /// A field whose value cannot be, however well it is written.
  void meaning(const Path& at, std::string reason) {
    if (count() < faults_max) faults_.push_back({at.pointer(), std::move(reason)});
  }

  /// Faults that the engine found, below `prefix`; those of fields that are named already are left
  /// out.
  void add_meaning(const engine::Faults& faults, std::string_view prefix = {});

  [[nodiscard]] bool any() const noexcept { return !faults_.empty(); }

  [[nodiscard]] bool has_shape_faults() const noexcept {
    return any() && severity_ != Severity::meaning;
  }

  [[nodiscard]] std::size_t count() const noexcept { return faults_.size(); }

  [[nodiscard]] BadInput take() { return {severity_, std::move(faults_), {}}; }

 private:
  engine::Faults faults_;
  Severity severity_ = Severity::meaning;
};

}  // namespace cavea::http::json
