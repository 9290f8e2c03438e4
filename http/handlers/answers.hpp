#pragma once

#include "engine/command_bus.hpp"
#include "http/exchange.hpp"
#include "http/json/reservation_codec.hpp"
#include "http/problem.hpp"
#include "http/server_problem.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>

// Answers of the bus as answers over HTTP.

namespace cavea::http {

/// The answer when it is a `T`; else the exchange has been answered: with the refusal, or, where
/// the bus gave something that nobody asked for, with 500.
template <class T>
[[nodiscard]] T* answer_as(Exchange& exchange, engine::Answer& answer) {
  if (auto* wanted = std::get_if<T>(&answer)) return wanted;
  if (const auto* refusal = std::get_if<engine::Refusal>(&answer)) {
    reply_refusal(exchange, *refusal);
    return nullptr;
  }
  auto response = exchange.make_response(500);
  fill_problem(
      response,
      ServerProblem::internal_error,
      "The engine gave an answer of another kind.",
      exchange.request().request_id);
  exchange.reply(std::move(response));
  return nullptr;
}

inline void mark_replayed(Response& response, bool replayed) {
  if (replayed) response.header_lines += "Idempotency-Replayed: true\r\n";
}

/// Answers with an offering and its `ETag`; 201 has a `Location` too.
void reply_offering(Exchange& exchange, unsigned status, const engine::OfferingView& view);

/// Answers with a venue and its `ETag`; 201 has a `Location` too.
void reply_venue(Exchange& exchange, unsigned status, const engine::VenueView& view);

/// Answers with a reservation; 201 has a `Location` too.
void reply_reservation(Exchange& exchange, unsigned status, const engine::ReservationView& view);

/// Who reads the answer.
[[nodiscard]] json::Viewer viewer_in(const Exchange& exchange);

/// Answers 204, or with the refusal.
void reply_done(Exchange& exchange, engine::Answer& answer);

/// Appends a page: `{"items":[...],"next":"..."}`. `append` writes one item; `next` empty: the
/// last.
template <class Items, class Append>
void append_page(std::string& out, const Items& items, std::string_view next, Append append) {
  out += "{\"items\":[";
  bool is_first = true;
  for (const auto& item : items) {
    if (!std::exchange(is_first, false)) out += ',';
    append(out, item);
  }
  out += "],\"next\":";
  if (next.empty()) {
    out += "null}";
  } else {
    // A cursor has only characters that need no escape.
    out.append("\"").append(next).append("\"}");
  }
}

}  // namespace cavea::http
