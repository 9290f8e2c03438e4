#pragma once

#include "simulator/api_request.hpp"
#include "simulator/form.hpp"
#include "simulator/payment_text.hpp"
#include "simulator/script.hpp"

#include <optional>
#include <string_view>

namespace cavea::simulator {

/// What a request of Stripe's API asks for.
struct Route {
  Operation operation{};
  std::string_view id{};  ///< Of the payment that the path names; empty: none.
};

/// Nothing when the API has no such path and method, or we do not have it.
[[nodiscard]] std::optional<Route> route_of(const ApiRequest& request);

/// Stripe refuses parameters that it does not know, and so do we.
[[nodiscard]] std::optional<ApiError> unknown_parameter_of(Operation operation, const Form& form);

}  // namespace cavea::simulator
