#pragma once

#include "http/exchange.hpp"

namespace cavea::http {

/// `POST /v1/reservations`: the request that thousands send in the same second.
void create_reservation(Exchange& exchange);

}  // namespace cavea::http
