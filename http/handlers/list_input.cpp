#include "http/handlers/list_input.hpp"

#include "http/problem.hpp"
#include "http/text.hpp"
#include "http/time_zone.hpp"

#include <algorithm>
#include <charconv>

namespace cavea::http {

namespace {

constexpr engine::Duration day{86'400'000};

}  // namespace

ParameterReader::ParameterReader(
    const Request& request, std::initializer_list<std::string_view> known)
    : request_(request) {
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const auto name = request.query[i].name;
    const auto earlier = request.query.first(i);
    const bool is_repeated = std::any_of(
        earlier.begin(), earlier.end(), [&](const auto& other) { return other.name == name; });
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fault(name, "is not a parameter here");
    } else if (is_repeated) {
      fault(name, "must not be given twice");
    }
  }
}

std::string ParameterReader::words(std::string_view name) {
  const auto value = request_.parameter(name).value_or(std::string_view());
  if (!is_utf8(value)) fault(name, "must be UTF-8");
  return std::string(value);
}

std::uint32_t ParameterReader::limit(std::uint32_t otherwise, std::uint32_t max) {
  const auto value = request_.parameter("limit");
  if (!value) return otherwise;
  std::uint32_t number = 0;
  const auto end = value->data() + value->size();
  const auto [stopped_at, problem] = std::from_chars(value->data(), end, number);
  if (problem != std::errc() || stopped_at != end || number < 1 || number > max) {
    fault("limit", "must be a whole number from 1 to " + std::to_string(max));
    return otherwise;
  }
  return number;
}

std::optional<engine::Timestamp> ParameterReader::time(std::string_view name, bool is_end) {
  const auto value = request_.parameter(name);
  if (!value) return std::nullopt;
  if (const auto date = parse_date(*value, TimeZone::utc())) {
    return is_end ? *date + day : *date;
  }
  // In a query string a plus that nobody encoded is a space: "...T19:30:00 01:00".
  std::string repaired(*value);
  if (const auto space = repaired.rfind(' '); space != std::string::npos && space > 10) {
    repaired[space] = '+';
  }
  const auto time = parse_time(repaired, TimeZone::utc());
  if (time) return *time;
  fault(name, "must be a date (2026-12-04) or a time (2026-12-04T19:30:00Z)");
  return std::nullopt;
}

void ParameterReader::fault(std::string_view name, std::string_view reason) {
  faults_.push_back({"?" + std::string(name), std::string(reason)});
}

void ParameterReader::fault_of_header(std::string_view name, std::string_view reason) {
  faults_.push_back({std::string(name), std::string(reason)});
}

bool ParameterReader::finish(Exchange& exchange) const {
  if (faults_.empty()) return true;
  reply_problem(exchange, RequestProblem::invalid_request, {}, faults_);
  return false;
}

}  // namespace cavea::http
