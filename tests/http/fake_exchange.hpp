#pragma once

#include "http/exchange.hpp"
#include "http/page_stream.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cavea::http {

/// An exchange without sockets: a test puts the request in, runs a handler, and plays the bus.
class FakeExchange final : public Exchange {
 public:
  FakeExchange() {
    request_.request_id = "test-request";
    request_.received_at = {1'795'000'000'000};
  }

  FakeExchange& with(Method method, std::string path, std::string parameter = {}) {
    path_ = std::move(path);
    parameter_ = std::move(parameter);
    request_.method = method;
    request_.path = path_;
    request_.path_parameters[0] = parameter_;
    return *this;
  }

  FakeExchange& with_second_parameter(std::string parameter) {
    second_parameter_ = std::move(parameter);
    request_.path_parameters[1] = second_parameter_;
    return *this;
  }

  FakeExchange& with_body(std::string body) {
    body_ = std::move(body);
    request_.body = body_;
    return *this;
  }

  FakeExchange& with_header(std::string_view name, std::string_view value) {
    headers_.push_back({name, value});
    request_.headers = headers_;
    return *this;
  }

  FakeExchange& with_parameter(std::string_view name, std::string_view value) {
    query_.push_back({name, value});
    request_.query = query_;
    return *this;
  }

  FakeExchange& as_user(std::string user) {
    principal_ = {std::move(user), Role::user};
    request_.principal = &principal_;
    return *this;
  }

  FakeExchange& as_admin(std::string user = "boss") {
    principal_ = {std::move(user), Role::admin};
    request_.principal = &principal_;
    return *this;
  }

  [[nodiscard]] const Request& request() const noexcept override { return request_; }

  [[nodiscard]] Response make_response(unsigned status) override {
    Response response;
    response.status = status;
    return response;
  }

  void reply(Response response) override { response_ = std::move(response); }

  void submit(engine::CommandRequest command, Continuation then) override {
    command_ = std::move(command);
    then_ = std::move(then);
  }

  void query(engine::Query query, Continuation then) override {
    query_asked_ = std::move(query);
    then_ = std::move(then);
  }

  void stream_seats(
      const engine::OfferingId& offering,
      engine::Version last_event_id,
      Continuation refused) override {
    streamed_ = offering;
    last_event_id_ = last_event_id;
    then_ = std::move(refused);
  }

  void stream_pages(std::unique_ptr<PageStream> pages) override { pages_ = std::move(pages); }

  /// The bus answers what was asked last.
  FakeExchange& answer(engine::Answer answer) {
    command_.reset();
    query_asked_.reset();
    auto then = std::move(then_);
    then(*this, std::move(answer));
    return *this;
  }

  [[nodiscard]] bool is_answered() const { return response_.has_value(); }

  [[nodiscard]] const Response& response() const { return response_.value(); }

  [[nodiscard]] nlohmann::json body() const { return nlohmann::json::parse(response().body); }

  /// The name of the problem that it was answered with.
  [[nodiscard]] std::string problem() const {
    return body().at("type").get<std::string>().substr(std::string_view("/problems/").size());
  }

  /// The command that waits for its answer.
  [[nodiscard]] const std::optional<engine::CommandRequest>& command() const { return command_; }

  [[nodiscard]] const std::optional<engine::Query>& asked() const { return query_asked_; }

  [[nodiscard]] std::optional<engine::OfferingId> streamed() const { return streamed_; }

  /// Null: it was not answered with a stream of pages.
  [[nodiscard]] PageStream* pages() const { return pages_.get(); }

  [[nodiscard]] engine::Version last_event_id() const { return last_event_id_; }

  /// The offering command that waits, as a `T`; null when it is another.
  template <class T>
  [[nodiscard]] const T* offering_command() const {
    const auto* request =
        command_ ? std::get_if<engine::OfferingRequest>(&command_->what) : nullptr;
    return request == nullptr ? nullptr : std::get_if<T>(&request->command);
  }

  /// The input to a saga that waits, as a `T`; null when it is another.
  template <class T>
  [[nodiscard]] const T* saga_command() const {
    const auto* request = command_ ? std::get_if<engine::SagaRequest>(&command_->what) : nullptr;
    return request == nullptr ? nullptr : std::get_if<T>(&request->command);
  }

 private:
  Request request_;
  std::string path_;
  std::string parameter_;
  std::string second_parameter_;
  std::string body_;
  std::vector<HeaderField> headers_;
  std::vector<QueryParameter> query_;
  Principal principal_;
  std::optional<Response> response_;
  std::optional<engine::CommandRequest> command_;
  std::optional<engine::Query> query_asked_;
  std::optional<engine::OfferingId> streamed_;
  engine::Version last_event_id_;
  std::unique_ptr<PageStream> pages_;
  Continuation then_;
};

}  // namespace cavea::http
