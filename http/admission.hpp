#pragma once

#include "http/authenticator.hpp"
#include "http/exchange.hpp"
#include "http/request_reader.hpp"
#include "http/router.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace cavea::http {

/// A request with the memory that its views need; kept with a connection and used again.
struct AdmittedRequest {
  Request request;
  std::ptrdiff_t route = -1;  ///< Position in the router's routes; -1: none took it.
  bool is_head = false;       ///< The answer is sent without its body.
  bool is_options = false;
  std::string_view origin;     ///< Of a page that asks across origins; empty: none.
  std::string_view allow;      ///< What the path takes; empty: there is no such path.
  bool has_preflight = false;  ///< `OPTIONS` of a browser before the request itself.

  std::array<QueryParameter, limits::query_parameters> query{};
  std::array<char, 16> made_id{};
  Principal principal;
  std::string decoded;
};

/// Decides who gets in: finds the route of a head, checks method, token and role, and prepares what
/// the handler sees. One per I/O thread. Not thread-safe.
class Admission {
 public:
  /// Both must outlive it. `id_prefix` makes the ids of this thread's requests unlike those of
  /// others.
  Admission(const Router& router, const std::vector<TokenKey>& keys, std::uint32_t id_prefix)
      : router_(router), authenticator_(keys), id_prefix_(id_prefix) {}

  /// Fills `admitted`. True: the route's handler may see it (with its body), or it is `OPTIONS`.
  /// False: `refusal` is the answer.
  [[nodiscard]] bool admit(
      const RequestHead& head, engine::Timestamp now, AdmittedRequest& admitted, Response& refusal);

  /// For what never became a request: only an id, for the answer and the log.
  void admit_nothing(AdmittedRequest& admitted);

 private:
  [[nodiscard]] bool is_target_clear(
      const RequestHead& head, AdmittedRequest& admitted, RouteMatch& match, Response& refusal);
  [[nodiscard]] bool is_method_taken(
      const RequestHead& head,
      const RouteMatch& match,
      AdmittedRequest& admitted,
      Response& refusal);
  [[nodiscard]] bool is_caller_allowed(
      const Route& route, engine::Timestamp now, AdmittedRequest& admitted, Response& refusal);
  void name_request(AdmittedRequest& admitted);
  void make_id(AdmittedRequest& admitted);

  const Router& router_;
  Authenticator authenticator_;
  std::uint32_t id_prefix_;
  std::uint32_t ids_made_ = 0;
};

/// The trace id of a `traceparent` (https://www.w3.org/TR/trace-context/); empty when it is not
/// valid.
[[nodiscard]] std::string_view trace_id_of(std::string_view traceparent) noexcept;

}  // namespace cavea::http
