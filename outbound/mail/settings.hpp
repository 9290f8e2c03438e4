#pragma once

#include "outbound/mail/limits.hpp"
#include "outbound/secret.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace cavea::outbound::mail {

/// Where the mail server is, and who we are to it.
struct Settings {
  /// "smtps://mail.example" (TLS from the start) or "smtp://mail.example:587" (TLS by STARTTLS,
  /// without which nothing is sent; a server on this machine is spoken to in the clear).
  /// "?tls=none" or "?tls=required" behind it says otherwise. A path is the name by which we say
  /// hello.
  std::string url;
  std::string from;     ///< "Sun Street Studio <box-office@studio.example>", or an address alone.
  std::string user;     ///< Empty: nobody logs in.
  Secret password;      ///< Of `user`.
  std::string ca_file;  ///< PEM of the authorities to trust; empty: those of the system.
  std::string
      page_url;  ///< "https://studio.example": mails lead to pages below it; empty: nowhere.
  std::string templates;  ///< Folder of templates; empty: those that are built in.

  std::chrono::milliseconds connect_time = limits::connect_time;
  std::chrono::milliseconds attempt_time = limits::attempt_time;
};

/// A setting that cannot be used.
struct SettingsFault {
  std::string setting;  ///< As `cavea serve` calls it: "mail-url".
  std::string text;     ///< One sentence for people that goes on behind it, with the value.
};

/// Nothing when the settings can be used.
[[nodiscard]] std::optional<SettingsFault> fault_of(const Settings& settings);

/// How the server is spoken to, as the URL says it.
struct ServerUrl {
  std::string url;           ///< As libcurl takes it.
  bool needs_tls = false;    ///< Nothing is sent without.
  bool is_implicit = false;  ///< TLS from the start.
};

/// Nothing when it is no such URL: `fault_of` says why.
[[nodiscard]] std::optional<ServerUrl> read_server_url(const std::string& text);

}  // namespace cavea::outbound::mail
