#pragma once

#include "engine/result.hpp"
#include "simulator/webhooks.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace cavea::simulator {

/// A payment provider that is none: speaks the part of Stripe's API that Cavea needs, keeps
/// everything in memory, and does what scripts tell it (docs/payments.md).
class Server {
 public:
  struct Settings {
    std::string address = "127.0.0.1";  ///< Numeric.
    std::uint16_t port = 0;             ///< 0: any free one.
    unsigned threads = 1;
    std::string secret_key = "sk_test_cavea";
    std::string tls_certificate;  ///< PEM file of a chain; empty: plain HTTP.
    std::string tls_key;          ///< PEM file.
    Webhooks::Settings webhooks;  ///< An empty URL: none are sent.
  };

  /// Listens and answers from now on. The error is a sentence for people.
  [[nodiscard]] static engine::Result<std::unique_ptr<Server>, std::string> open(Settings settings);

  /// Closes all connections and ends.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// "http://127.0.0.1:12111", with the port that was really taken.
  [[nodiscard]] std::string url() const;

 private:
  struct Inside;

  explicit Server(std::unique_ptr<Inside> inside);

  std::unique_ptr<Inside> inside_;
};

}  // namespace cavea::simulator
