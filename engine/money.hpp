#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::engine {

/// Three capital letters of ISO 4217.
class Currency {
 public:
  Currency() = default;

  /// Nothing unless `text` is the code of a currency in ISO 4217's list of active codes.
  [[nodiscard]] static std::optional<Currency> from(std::string_view text);

  [[nodiscard]] std::string_view view() const noexcept { return {code_.data(), code_.size()}; }

  auto operator<=>(const Currency&) const = default;

 private:
  std::array<char, 3> code_{'X', 'X', 'X'};
};

/// An amount in minor units (cents; for KRW and JPY the unit itself); never negative in a price.
struct Money {
  std::int64_t minor = 0;

  auto operator<=>(const Money&) const = default;
};

}  // namespace cavea::engine
