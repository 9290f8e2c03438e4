#include "simulator/route.hpp"

#include "simulator/parameters.hpp"

#include <algorithm>

namespace cavea::simulator {

namespace {

using Method = ApiRequest::Method;

constexpr std::string_view payments_path = "/v1/payment_intents";
constexpr std::string_view refunds_path = "/v1/refunds";

std::optional<Operation> action_from(std::string_view name) {
  const auto operation = operation_from(name);
  if (operation == Operation::confirm || operation == Operation::capture
      || operation == Operation::cancel) {
    return operation;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Route> route_of(const ApiRequest& request) {
  const bool is_post = request.method == Method::post;
  if (!is_post && request.method != Method::get) return std::nullopt;
  if (request.path == refunds_path && is_post) return Route{Operation::refund};
  if (!request.path.starts_with(payments_path)) return std::nullopt;
  auto rest = request.path.substr(payments_path.size());
  if (rest.empty()) return Route{is_post ? Operation::create : Operation::list};
  if (rest.front() != '/') return std::nullopt;
  rest.remove_prefix(1);
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto id = rest.substr(0, slash);
  if (slash == rest.size()) {
    if (is_post) return std::nullopt;
    return Route{Operation::retrieve, id};
  }
  const auto action = action_from(rest.substr(slash + 1));
  if (!action || !is_post) return std::nullopt;
  return Route{*action, id};
}

std::optional<ApiError> unknown_parameter_of(Operation operation, const Form& form) {
  switch (operation) {
    case Operation::create:
      return unknown_parameter(
          form,
          {"amount",
           "currency",
           "capture_method",
           "automatic_payment_methods[",
           "payment_method_types[",
           "description",
           "metadata[",
           "expand["});
    case Operation::confirm:
      return unknown_parameter(
          form, {"payment_method", "client_secret", "key", "return_url", "expand["});
    case Operation::capture:
      return unknown_parameter(form, {"amount_to_capture", "expand["});
    case Operation::cancel:
      return unknown_parameter(form, {"cancellation_reason", "expand["});
    case Operation::refund:
      return unknown_parameter(
          form, {"payment_intent", "amount", "reason", "metadata[", "expand["});
    case Operation::retrieve:
      return unknown_parameter(form, {"client_secret", "key", "expand["});
    case Operation::list:
      return unknown_parameter(form, {"limit", "starting_after", "created[", "expand["});
  }
  return std::nullopt;
}

}  // namespace cavea::simulator
