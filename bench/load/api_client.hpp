#pragma once

#include "bench/load/address.hpp"
#include "bench/load/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <atomic>
#include <string>
#include <string_view>

namespace cavea::bench {

/// Asks a server for one thing after the other on behalf of an administrator, to prepare and to
/// read back. Answers that ask to come again and broken connections are tried again. For one
/// thread.
class ApiClient final : private ConnectionOwner {
 public:
  struct Server {
    boost::asio::ip::tcp::endpoint endpoint;
    std::string host;   ///< For the `Host` header.
    std::string token;  ///< Of an administrator.
  };

  /// How often one request is repeated because the server asked for it.
  static constexpr unsigned delays_max = 30;

  ApiClient(Server server, std::string run_id, const std::atomic<bool>& interrupted);

  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  /// The answer lives until the next request. Trouble: there was none, or the run was interrupted.
  [[nodiscard]] engine::Result<Answer, Trouble> get(std::string_view path);
  [[nodiscard]] engine::Result<Answer, Trouble> post(
      std::string_view path, const nlohmann::json& body);

  /// The bytes of such a request, for those who send it themselves. `key` is an `Idempotency-Key`.
  [[nodiscard]] std::string post_bytes(
      std::string_view path, std::string_view body, std::string_view key) const;

 private:
  void on_answer(Connection& connection, const Answer& answer) override;
  void on_broken(Connection& connection, const std::string& why) override;
  [[nodiscard]] engine::Result<Answer, Trouble> perform(std::string bytes);

  Server server_;
  std::string run_id_;
  const std::atomic<bool>& interrupted_;
  boost::asio::io_context context_{1};
  Connection connection_;
  std::uint64_t requests_ = 0;
  unsigned delays_ = 0;
  bool is_answered_ = false;
  Answer answer_;
  std::string trouble_;
};

/// "PUT /v1/... : 422 definition_not_valid: ..." of an answer that should have been another.
[[nodiscard]] Trouble unexpected_answer(std::string_view what, const Answer& answer);

}  // namespace cavea::bench
