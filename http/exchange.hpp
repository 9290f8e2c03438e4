#pragma once

#include "engine/command_bus.hpp"
#include "engine/ids.hpp"
#include "http/continuation.hpp"
#include "http/limits.hpp"
#include "http/method.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The seam between the server (sockets, HTTP, tokens, limits) and the handlers (JSON, commands).
// Handlers are small functions over an `Exchange`; they know no sockets and run on an I/O thread,
// so they never block.

namespace cavea::http {

enum class Role : std::uint8_t {
  user = 0,
  admin = 1,
  door = 2,  ///< Lets people in by their tickets; else a user.
};

/// "admin".
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_from(std::string_view name);

/// Who sent a request, from a verified token.
struct Principal {
  std::string user;  ///< 1 to 128 bytes.
  Role role = Role::user;

  [[nodiscard]] bool is_admin() const noexcept { return role == Role::admin; }
};

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

struct QueryParameter {
  std::string_view name;   ///< Percent-decoded.
  std::string_view value;  ///< Percent-decoded, `+` read as a space.
};

/// A request as a handler sees it: bounded, complete, routed, and its caller known.
/// Everything in it stays valid until the exchange is answered, across questions to the bus.
struct Request {
  Method method = Method::get;
  std::string_view path;  ///< Without the query string: "/v1/performances/hamlet".
  std::array<std::string_view, limits::path_parameters>
      path_parameters{};  ///< By position, decoded.
  std::span<const QueryParameter> query;
  std::span<const HeaderField> headers;
  std::string_view body;
  const Principal* principal = nullptr;  ///< Never null on a route for users or administrators.
  std::string_view request_id;           ///< Never empty.
  std::string_view trace_id;  ///< 32 hexadecimal digits of a valid `traceparent`; empty: none came.
  engine::Timestamp received_at;

  /// The first field of that name, whatever the case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;

  /// Nothing when the query string does not have it; the first one when it has several.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const noexcept;
};

/// Values for `Response::content_type`.
namespace content_type {
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view problem = "application/problem+json";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view text = "text/plain; charset=utf-8";
inline constexpr std::string_view svg = "image/svg+xml";
inline constexpr std::string_view calendar = "text/calendar; charset=utf-8";
inline constexpr std::string_view jwk_set = "application/jwk-set+json";  // RFC 7517, 8.5.2
inline constexpr std::string_view prometheus = "text/plain; version=0.0.4; charset=utf-8";
}  // namespace content_type

/// What a handler answers with. The server adds `Date`, `Content-Length`, `Connection`,
/// `X-Request-Id`, compression and CORS.
struct Response {
  unsigned status = 200;
  std::string_view content_type = content_type::json;  ///< Must live for ever; empty: no body.
  std::string body;
  std::string header_lines;  ///< Complete lines, each ended by CR LF; use `add_header`.

  /// Adds a field. Characters that would end the line are left out of `value`.
  void add_header(std::string_view name, std::string_view value);

  /// The first field of that name among `header_lines`, whatever the case; empty when there is
  /// none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

class PageStream;

/// One request and its answer. A handler, and after it each continuation, does exactly one of
/// `reply`, `submit`, `query`, `stream_seats` and `stream_pages`, and touches the exchange no
/// more afterwards.
class Exchange {
 public:
  virtual ~Exchange() = default;

  [[nodiscard]] virtual const Request& request() const noexcept = 0;

  /// An empty response whose strings bring the capacity of earlier ones: start every answer with
  /// it.
  [[nodiscard]] virtual Response make_response(unsigned status) = 0;

  virtual void reply(Response response) = 0;

  /// Asks the bus; `then` gets its answer and goes on. Without an answer in time, `then` gets a
  /// `Refusal` with `outcome_unknown`.
  virtual void submit(engine::CommandRequest command, Continuation then) = 0;

  /// The same for a query; without an answer in time, `then` gets a `Refusal` with `not_ready`.
  virtual void query(engine::Query query, Continuation then) = 0;

  /// Answers with the seat feed of a performance as Server-Sent Events, until either side ends it.
  /// `last_event_id`: the version that the viewer has seen last (0: none). `refused` gets a
  /// `Refusal` (and answers with it) when there is no such feed.
  virtual void stream_seats(
      const engine::OfferingId& offering, engine::Version last_event_id, Continuation refused) = 0;

  /// Answers with Server-Sent Events, until either side ends it.
  virtual void stream_pages(std::unique_ptr<PageStream> pages) = 0;

 protected:
  Exchange() = default;
  Exchange(const Exchange&) = default;
  Exchange& operator=(const Exchange&) = default;
};

using Handler = std::function<void(Exchange&)>;

/// Whose requests a route takes. It is checked before the body is read: 401 `unauthenticated`, 403
/// `forbidden`. A route for `anyone` does not look at tokens.
enum class Access : std::uint8_t { anyone = 0, user = 1, admin = 2, door = 3 };

struct Route {
  Method method = Method::get;
  std::string pattern;  ///< "/v1/performances/{id}/seats"; also the label in metrics.
  Access access = Access::anyone;
  std::size_t body_bytes_max = limits::body_bytes_default;  ///< More is 413.
  Handler handler;
};

/// What the handlers of the API need for life; defined in `http/handlers/handler_context.hpp`.
struct HandlerContext;

/// Every route of the API, `/openapi.json` and `/docs`; `context` must outlive them.
/// Defined in `http/handlers/routes.cpp`.
[[nodiscard]] std::vector<Route> api_routes(HandlerContext& context);

}  // namespace cavea::http
