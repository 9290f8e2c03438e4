#include "bench/load/api_client.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace cavea::bench {
namespace {

/// How often an interruption is looked for.
constexpr std::chrono::milliseconds step_time{100};

/// Of a body that is shown.
constexpr std::size_t shown_body_bytes = 400;

}  // namespace

ApiClient::ApiClient(Server server, std::string run_id, const std::atomic<bool>& interrupted)
    : server_(std::move(server)),
      run_id_(std::move(run_id)),
      interrupted_(interrupted),
      connection_(context_, server_.endpoint, *this) {}

engine::Result<Answer, Trouble> ApiClient::get(std::string_view path) {
  return perform(fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
      path,
      server_.host,
      server_.token));
}

engine::Result<Answer, Trouble> ApiClient::post(std::string_view path, const nlohmann::json& body) {
  const auto key = fmt::format("{}-setup-{}", run_id_, ++requests_);
  return perform(post_bytes(path, body.dump(), key));
}

std::string ApiClient::post_bytes(
    std::string_view path, std::string_view body, std::string_view key) const {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: \"{}\"\r\n"
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      path,
      server_.host,
      server_.token,
      key,
      body.size(),
      body);
}

engine::Result<Answer, Trouble> ApiClient::perform(std::string bytes) {
  connection_.task().bytes = std::move(bytes);
  is_answered_ = false;
  delays_ = 0;
  trouble_.clear();
  connection_.submit();
  while (!is_answered_ && trouble_.empty()) {
    if (interrupted_) trouble_ = "interrupted";
    context_.restart();
    context_.run_one_for(step_time);
    connection_.tick(Clock::now());
  }
  if (trouble_.empty()) return answer_;
  connection_.close();
  return Trouble{trouble_};
}

void ApiClient::on_answer(Connection& connection, const Answer& answer) {
  const bool may_come_again = answer.status == 429 || answer.status == 503
                              || (answer.status == 409 && answer.retry_after_seconds.has_value());
  if (may_come_again && ++delays_ <= delays_max) {
    return connection.submit_after(std::chrono::seconds(answer.retry_after_seconds.value_or(1)));
  }
  answer_ = answer;
  is_answered_ = true;
}

void ApiClient::on_broken(Connection&, const std::string& why) {
  trouble_ = fmt::format("http://{} does not answer: {}", server_.host, why);
}

Trouble unexpected_answer(std::string_view what, const Answer& answer) {
  return {fmt::format(
      "{}: status {}: {}", what, answer.status, answer.body.substr(0, shown_body_bytes))};
}

}  // namespace cavea::bench
