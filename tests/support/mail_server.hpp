#pragma once

#include "tests/support/process.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace cavea::test {

/// How the mail server of a test is set up.
struct MailServerOptions {
  std::string certificate;  ///< Empty: it speaks no TLS.
  std::string key;
  bool is_implicit = false;  ///< TLS from the start.
  std::string user;          ///< Empty: anybody may send.
  std::string password;
  /// It says only this, and closes the connection; "closed": it does not even say that.
  std::string greeting;
};

/// A mail server as a process of its own, on a free port: tests/support/smtp_server.py.
class MailServer {
 public:
  explicit MailServer(const MailServerOptions& options = {});

  /// "smtp://127.0.0.1:41234".
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

  /// The mail that it took as the n-th, from 1; fails the test when there is none within 20 s.
  [[nodiscard]] nlohmann::json mail(int number = 1);

  /// How many it has taken, as far as it has told: all, once `mail` gave the last.
  [[nodiscard]] int count() const;

  void stop() { process_.signal(9); }

 private:
  Process process_;
  std::string url_;
};

/// The value of a header; fails the test unless it is there once.
[[nodiscard]] std::string header_of(const nlohmann::json& mail, const std::string& name);

/// The content of the parts of a type, decoded.
[[nodiscard]] std::vector<std::string> contents_of(
    const nlohmann::json& mail, const std::string& type);

/// The same of a type that is there once.
[[nodiscard]] std::string content_of(const nlohmann::json& mail, const std::string& type);

}  // namespace cavea::test
