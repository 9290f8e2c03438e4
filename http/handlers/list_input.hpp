#pragma once

#include "engine/command_bus.hpp"
#include "http/cursor.hpp"
#include "http/exchange.hpp"
#include "http/json/document.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

/// Reads the parameters of a query string and gathers what is wrong with them.
class ParameterReader {
 public:
  /// Finds fault with every parameter that is not in `known`, and with those that come twice.
  ParameterReader(const Request& request, std::initializer_list<std::string_view> known);

  /// Words that people wrote; empty when they are not there.
  [[nodiscard]] std::string words(std::string_view name);

  /// `limit`, 1 to `max`; `otherwise` when it is not there.
  [[nodiscard]] std::uint32_t limit(std::uint32_t otherwise = 50, std::uint32_t max = 200);

  /// A time, or a date. A time without an offset and a date are UTC. `is_end`: a date means its
  /// last moment, so that `to=2026-12-04` includes that day.
  [[nodiscard]] std::optional<engine::Timestamp> time(std::string_view name, bool is_end);

  /// A parameter that `parse` understands.
  template <class Parse>
  [[nodiscard]] auto parsed(std::string_view name, std::string_view wanted, Parse parse)
      -> decltype(parse(std::string_view())) {
    const auto value = request_.parameter(name);
    if (!value) return std::nullopt;
    auto result = parse(*value);
    if (!result) fault(name, wanted);
    return result;
  }

  /// `cursor`, which `decode` understands when it belongs to this list and its filters.
  template <class Decode>
  [[nodiscard]] auto cursor(Decode decode) {
    const auto list = list_mark_of(request_);
    return parsed(
        "cursor",
        "must be the \"next\" of an earlier page of this list, with the same filters",
        [&](std::string_view text) { return decode(list, text); });
  }

  void fault(std::string_view name, std::string_view reason);
  void fault_of_header(std::string_view name, std::string_view reason);

  /// True when nothing is wrong; else it has answered.
  [[nodiscard]] bool finish(Exchange& exchange) const;

 private:
  const Request& request_;
  engine::Faults faults_;
};

}  // namespace cavea::http
