#include "engine/assert.hpp"
#include "http/session.hpp"
#include "http/status.hpp"

#include <utility>

// How a session answers: what the server adds to a handler's response, and what it says itself.

namespace cavea::http {

Response Session::make_response(unsigned status) {
  Response response;
  response.status = status;
  response.body = std::move(spare_body_);
  response.body.clear();
  response.header_lines = std::move(spare_lines_);
  response.header_lines.clear();
  return response;
}

void Session::reply(Response response) {
  CAVEA_ASSERT(state_ == State::handling);
  answer(std::move(response));
}

void Session::answer(Response response) {
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  const engine::Timestamp now{
      admitted_.request.received_at.ms
      + std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()};
  if (response.body.size() >= limits::compression_bytes_min) compress(response);
  if (!admitted_.origin.empty() && !admitted_.has_preflight) {
    const bool is_read = !admitted_.is_options && admitted_.request.method == Method::get;
    host_.shared.cors.add_to_answer(admitted_.origin, is_read, response.header_lines);
  }
  closes_ = must_close_ || host_.is_draining;
  host_.writer.append_head(
      out_,
      {.status = response.status,
       .content_type = response.content_type,
       .content_length = response.body.size(),
       .closes = closes_,
       .request_id = admitted_.request.request_id,
       .header_lines = response.header_lines},
      now);
  count(response.status, response.body.size());

  const bool has_body = !admitted_.is_head && !is_bodiless(response.status);
  if (has_body && response.body.size() > limits::copied_body_bytes) {
    large_body_ = std::move(response.body);
  } else {
    if (has_body) out_.append(response.body);
    spare_body_ = std::move(response.body);
  }
  spare_lines_ = std::move(response.header_lines);
  state_ = State::answered;
}

void Session::compress(Response& response) {
  if (!is_compressible(response.content_type) || !response.header("Content-Encoding").empty())
    return;
  response.header_lines.append("Vary: Accept-Encoding\r\n");
  if (!accepts_gzip(admitted_.request.header("Accept-Encoding"))) return;
  if (host_.gzip.compress(response.body)) {
    response.header_lines.append("Content-Encoding: gzip\r\n");
  }
}

void Session::count(unsigned status, std::size_t body_bytes) {
  const auto elapsed = std::chrono::steady_clock::now() - started_;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  const auto duration_us = static_cast<std::uint64_t>(us);
  host_.probe.on_answer(admitted_.route, status, duration_us);
  const auto& request = admitted_.request;
  const auto& routes = host_.shared.router.routes();
  host_.log.write(
      {.method = is_admitted_ ? reader_.head().method : std::string_view{},
       .path = request.path,
       .route = admitted_.route < 0 ? std::string_view("unmatched")
                                    : routes[static_cast<std::size_t>(admitted_.route)].pattern,
       .status = status,
       .duration_us = duration_us,
       .body_bytes = body_bytes,
       .request_id = request.request_id,
       .trace_id = request.trace_id,
       .user = request.principal == nullptr ? std::string_view{} : request.principal->user},
      {request.received_at.ms + us / 1000});
}

/// Answers on behalf of the server what cannot go on, and ends the connection.
void Session::refuse(ServerProblem problem, std::string_view detail) {
  if (!is_admitted_) {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    host_.admission.admit_nothing(admitted_);
    admitted_.request.received_at = {
        std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()};
  }
  must_close_ = true;
  has_unread_input_ = true;
  auto response = make_response(status_of(problem));
  fill_problem(response, problem, detail, admitted_.request.request_id);
  answer(std::move(response));
}

void Session::start_refused() {
  begin_request();
  host_.probe.connections_refused.add();
  refuse(
      ServerProblem::too_many_connections,
      "This node has as many connections as it takes; try again in a moment.");
  run();
}

void Session::answer_options() {
  auto response = make_response(204);
  response.add_header("Allow", admitted_.allow);
  if (admitted_.has_preflight) {
    host_.shared.cors.add_to_preflight(admitted_.origin, admitted_.allow, response.header_lines);
  }
  answer(std::move(response));
}

// ---- The bus ------------------------------------------------------------------------------------

void Session::wait_for_answer(bool is_command, Continuation then, std::uint64_t& ticket) {
  CAVEA_ASSERT(state_ == State::handling);
  state_ = State::waiting;
  asks_command_ = is_command;
  deadline_ = host_.now + host_.limits.answer_time;
  host_.probe.in_flight.add(1);
  ticket_ = host_.pending.add({SessionRef(this), std::move(then)});
  ticket = ticket_;
}

void Session::submit(engine::CommandRequest command, Continuation then) {
  std::uint64_t ticket = 0;
  wait_for_answer(true, std::move(then), ticket);
  host_.bus.submit(std::move(command), {&host_.sink, ticket});
}

void Session::query(engine::Query query, Continuation then) {
  std::uint64_t ticket = 0;
  wait_for_answer(false, std::move(then), ticket);
  host_.bus.query(std::move(query), {&host_.sink, ticket});
}

void Session::give_up_waiting() {
  Waiter waiter;
  if (!host_.pending.take(ticket_, waiter)) return;
  host_.probe.answer_timeouts.add();
  const auto reason =
      asks_command_ ? engine::Rejection::outcome_unknown : engine::Rejection::not_ready;
  on_answer(std::move(waiter.then), engine::Refusal(reason));
}

}  // namespace cavea::http
