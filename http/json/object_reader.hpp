#pragma once

#include "engine/ids.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http::json {

/// What the id of a venue or offering must be.
inline constexpr std::string_view name_words =
    "must be 1 to 64 characters of a-z 0-9 - _ . that begin with a letter or digit";

/// Limits of a text in bytes of UTF-8. Control characters are refused; `allow_lines` lets line
/// breaks and tabs pass.
struct TextLimits {
  std::size_t min = 0;
  std::size_t max = 0;
  bool allow_lines = false;
};

struct IntegerLimits {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

/// Reads the members of one object and says what is wrong with each. A member that is missing or
/// wrong gives nothing; only the faults say which. `null` counts as a wrong type.
class ObjectReader {
 public:
  /// Finds fault when `value` is no object; then it has no members.
  ObjectReader(const Json& value, const Path& at, Findings& findings);

  [[nodiscard]] bool is_object() const noexcept { return object_ != nullptr; }

  /// Finds fault with every member that is in neither list; those of `computed` get a reason of
  /// their own.
  void allow_only(
      std::span<const std::string_view> known, std::span<const std::string_view> computed = {});

  void allow_only(
      std::initializer_list<std::string_view> known,
      std::initializer_list<std::string_view> computed = {}) {
    allow_only(
        std::span(known.begin(), known.size()), std::span(computed.begin(), computed.size()));
  }

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

  /// The member, whatever its type; null when it is not there.
  [[nodiscard]] const Json* find(std::string_view name) const;

  /// As `find`; finds fault when it is not there.
  [[nodiscard]] const Json* require(std::string_view name);

  [[nodiscard]] std::optional<std::string> text(std::string_view name, TextLimits limits);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, IntegerLimits limits);
  [[nodiscard]] std::optional<bool> boolean(std::string_view name);

  /// A text of `a-z 0-9 - _ .`, at most 64.
  template <class NameType>
  [[nodiscard]] std::optional<NameType> name(std::string_view member) {
    const auto* value = find(member);
    if (value == nullptr) return std::nullopt;
    auto name = value->is_string() ? NameType::from(value->template get_ref<const std::string&>())
                                   : std::nullopt;
    if (!name) fault(member, std::string(name_words));
    return name;
  }

  /// An array of texts without doubles; missing: empty.
  [[nodiscard]] std::vector<std::string> texts(
      std::string_view name, std::size_t count_max, TextLimits limits);

  void fault(std::string_view name, std::string reason) {
    findings_.shape(at_.member(name), std::move(reason));
  }

  void meaning(std::string_view name, std::string reason) {
    findings_.meaning(at_.member(name), std::move(reason));
  }

  [[nodiscard]] Path path(std::string_view name) const { return at_.member(name); }

  [[nodiscard]] Findings& findings() noexcept { return findings_; }

 private:
  const Json* object_ = nullptr;
  Path at_;
  Findings& findings_;
};

/// What is wrong with a text, in words; nothing when it is right.
[[nodiscard]] std::optional<std::string> text_fault(std::string_view text, TextLimits limits);

/// A whole number; a JSON number with a fraction or exponent is none.
[[nodiscard]] std::optional<std::int64_t> integer_in(const Json& value, IntegerLimits limits);

}  // namespace cavea::http::json
