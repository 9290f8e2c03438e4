#include "simulator/behaviour.hpp"

#include "simulator/limits.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cavea::simulator {

namespace {

using Json = nlohmann::ordered_json;
using Fault = std::optional<std::string>;

constexpr std::uint32_t times_max = 1'000'000;

struct NumberMember {
  const char* name;
  std::uint32_t Behaviour::*member;
  std::uint32_t most;
};

constexpr NumberMember numbers[] = {
    {"delay_ms", &Behaviour::delay_ms, limits::delay_ms_max},
    {"time_out_after_charging", &Behaviour::time_out_after_charging, times_max},
    {"fail_with_500", &Behaviour::fail_with_500, times_max},
    {"fail_after_charging", &Behaviour::fail_after_charging, times_max},
    {"rate_limit", &Behaviour::rate_limit, times_max},
    {"fail_refunds_later", &Behaviour::fail_refunds_later, times_max},
    {"customers_pay_ms", &Behaviour::customers_pay_ms, limits::delay_ms_max},
    {"retry_after", &Behaviour::retry_after, 3600},
    {"duplicate_webhooks", &Behaviour::duplicate_webhooks, 100},
    {"reorder_webhooks_ms", &Behaviour::reorder_webhooks_ms, limits::delay_ms_max}};

struct FlagMember {
  const char* name;
  bool Behaviour::*member;
};

constexpr FlagMember flags[] = {
    {"lose_webhooks", &Behaviour::lose_webhooks}, {"down", &Behaviour::down}};

Fault set_operations(Behaviour& behaviour, const Json& value) {
  const Fault fault =
      "operations must be a list of create, confirm, capture, cancel, refund, "
      "retrieve, list";
  if (!value.is_array()) return fault;
  behaviour.operations = {};
  for (const auto& name : value) {
    const auto operation = operation_from(name.is_string() ? name.get<std::string>() : "");
    if (!operation) return fault;
    behaviour.operations[static_cast<std::size_t>(*operation)] = true;
  }
  return std::nullopt;
}

Fault set_member(Behaviour& behaviour, const std::string& name, const Json& value) {
  for (const auto& number : numbers) {
    if (name != number.name) continue;
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > number.most) {
      return fmt::format("{} must be a number from 0 to {}", name, number.most);
    }
    behaviour.*number.member = value.get<std::uint32_t>();
    return std::nullopt;
  }
  for (const auto& flag : flags) {
    if (name != flag.name) continue;
    if (!value.is_boolean()) return fmt::format("{} must be true or false", name);
    behaviour.*flag.member = value.get<bool>();
    return std::nullopt;
  }
  if (name == "operations") return set_operations(behaviour, value);
  if (name != "decline") return fmt::format("there is no behaviour {}", name);
  if (!value.is_string()) return "decline must be a text, as insufficient_funds, or empty";
  behaviour.decline = value.get<std::string>();
  if (!behaviour.decline.empty() && decline_named(behaviour.decline) == nullptr) {
    return fmt::format("decline must be a reason such as insufficient_funds, or empty");
  }
  return std::nullopt;
}

bool take_one(std::uint32_t& times) {
  if (times == 0) return false;
  --times;
  return true;
}

}  // namespace

Instruction Behaviour::take(Operation operation) {
  if (!is_for(operation)) return {};
  if (take_one(rate_limit)) return {.effect = Effect::rate_limit};
  if (take_one(fail_with_500)) return {.effect = Effect::fail_with_500};
  const bool is_read = operation == Operation::retrieve || operation == Operation::list;
  if (take_one(time_out_after_charging)) return {.effect = Effect::time_out_after_charging};
  if (!is_read && take_one(fail_after_charging)) return {.effect = Effect::fail_after_charging};
  if (operation == Operation::refund && take_one(fail_refunds_later)) {
    return {.effect = Effect::fail_refund_later};
  }
  if (operation == Operation::confirm && !decline.empty()) {
    return {.effect = Effect::decline, .decline = decline_named(decline)};
  }
  return {};
}

std::optional<std::string> change(Behaviour& behaviour, std::string_view json) {
  const auto document = Json::parse(json, nullptr, false);
  if (!document.is_object()) return "the body must be a JSON object";
  auto changed = behaviour;
  for (const auto& [name, value] : document.items()) {
    if (auto fault = set_member(changed, name, value)) return fault;
  }
  behaviour = changed;
  return std::nullopt;
}

std::string to_json(const Behaviour& behaviour) {
  Json document{{"decline", behaviour.decline}};
  for (const auto& number : numbers) document[number.name] = behaviour.*number.member;
  for (const auto& flag : flags) document[flag.name] = behaviour.*flag.member;
  document["operations"] = Json::array();
  for (std::size_t i = 0; i < operation_count; ++i) {
    if (behaviour.operations[i]) document["operations"].push_back(name_of(Operation(i)));
  }
  return document.dump(2) + '\n';
}

}  // namespace cavea::simulator
