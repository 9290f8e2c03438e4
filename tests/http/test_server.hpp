#pragma once

#include "http/operations.hpp"
#include "http/server.hpp"
#include "tests/support/raw_connection.hpp"
#include "tests/support/scripted_bus.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http {

/// A real server on a free port with routes that are as simple as can be, over a scripted bus.
class TestServer {
 public:
  using Configure = std::function<void(HttpConfig&)>;

  /// `more`: routes beside its own.
  explicit TestServer(const Configure& configure = {}, std::vector<Route> more = {});
  ~TestServer();

  [[nodiscard]] std::string url() const;

  /// Connects, sends `bytes` and returns everything until the server closes.
  [[nodiscard]] std::string exchange(std::string_view bytes) const;

  /// A token of the server's own.
  [[nodiscard]] static std::string token_of(std::string_view user, Role role);

  Readiness readiness;
  std::unique_ptr<Server> server;
  test::ScriptedBus bus;

 private:
  std::vector<Route> routes();
};

/// A request without a body, up to its empty line; `fields` are complete lines.
[[nodiscard]] std::string request(
    std::string_view method, std::string_view target, std::string_view fields = {});

/// A request with a body and its length.
[[nodiscard]] std::string request_with_body(
    std::string_view method,
    std::string_view target,
    std::string_view body,
    std::string_view fields = {});

/// Reads one answer with its body; for answers that have a `Content-Length`.
[[nodiscard]] std::string read_answer(test::RawConnection& connection);

}  // namespace cavea::http
