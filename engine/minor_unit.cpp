#include "engine/minor_unit.hpp"

#include <algorithm>
#include <array>

namespace cavea::engine {

namespace {

// The currencies of ISO 4217 that do not have two decimals.
constexpr std::array<std::string_view, 17> without_decimals{
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF"};
constexpr std::array<std::string_view, 7> with_three{
    "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::array<std::string_view, 2> with_four{"CLF", "UYW"};

template <class List>
bool has(const List& list, std::string_view currency) {
  return std::find(list.begin(), list.end(), currency) != list.end();
}

}  // namespace

int decimals_of(std::string_view currency) noexcept {
  if (has(without_decimals, currency)) return 0;
  if (has(with_three, currency)) return 3;
  if (has(with_four, currency)) return 4;
  return 2;
}

}  // namespace cavea::engine
