#include "engine/money.hpp"

#include <algorithm>
#include <iterator>

namespace cavea::engine {

namespace {

/// ISO 4217, list one (current currency and funds codes), as of 2026, in alphabetical order:
/// https://www.six-group.com/en/products-services/financial-information/data-standards.html
/// Without precious metals, bond market units and the testing code; with XXX, "no currency".
constexpr std::string_view codes[] = {
    // clang-format off
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD",
    "BIF", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHE", "CHF", "CHW", "CLF", "CLP", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DJF",
    "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP",
    "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR",
    "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT",
    "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP",
    "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN",
    "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH",
    "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAD",
    "XAF", "XCD", "XCG", "XDR", "XOF", "XPF", "XSU", "XUA", "XXX", "YER", "ZAR", "ZMW", "ZWG",
    // clang-format on
};

static_assert(std::is_sorted(std::begin(codes), std::end(codes)));

}  // namespace

std::optional<Currency> Currency::from(std::string_view text) {
  if (!std::binary_search(std::begin(codes), std::end(codes), text)) return std::nullopt;
  Currency currency;
  std::copy(text.begin(), text.end(), currency.code_.begin());
  return currency;
}

}  // namespace cavea::engine
