#include "outbound/mail/settings.hpp"

#include "outbound/mail/address.hpp"
#include "outbound/this_machine.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include <unistd.h>

namespace cavea::outbound::mail {

namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

Url parse_url(const std::string& text) {
  Url url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) url.reset();
  return url;
}

std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_visible_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<std::string> fault_of_server(const Settings& settings) {
  const auto& text = settings.url;
  const auto url = parse_url(text);
  if (!is_visible_text(text) || url == nullptr) {
    return fmt::format(
        "'{}' is no URL such as smtps://mail.example or smtp://mail.example:587", text);
  }
  for (const auto part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS}) {
    // The text is not shown: it may hold a password.
    if (!part_of(url, part).empty()) {
      return "must not have a user or a password in it: they are mail-user and mail-secret-file";
    }
  }
  const auto scheme = part_of(url, CURLUPART_SCHEME);
  if (scheme != "smtp" && scheme != "smtps") {
    return fmt::format("'{}' must begin with smtp:// or smtps://", text);
  }
  const auto query = part_of(url, CURLUPART_QUERY);
  const bool is_known = query.empty() || query == "tls=required" || query == "tls=none";
  if (!is_known || !part_of(url, CURLUPART_FRAGMENT).empty()) {
    return fmt::format("'{}' may end in ?tls=required or ?tls=none, nothing else", text);
  }
  if (scheme == "smtps" && query == "tls=none") {
    return fmt::format("'{}': smtps is TLS from the start, so ?tls=none does not fit", text);
  }
  const auto server = read_server_url(text);
  const bool is_clear = !server->needs_tls && !is_this_machine(part_of(url, CURLUPART_HOST));
  if (is_clear && !settings.user.empty()) {
    return fmt::format(
        "'{}' would send the password of {} in the clear: leave ?tls=none out",
        text,
        settings.user);
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_page_url(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto url = parse_url(text);
  const auto scheme = url == nullptr ? std::string() : part_of(url, CURLUPART_SCHEME);
  const bool is_web = scheme == "https" || scheme == "http";
  if (!is_visible_text(text) || !is_web || !part_of(url, CURLUPART_QUERY).empty()
      || !part_of(url, CURLUPART_FRAGMENT).empty()) {
    return fmt::format("'{}' is no address of a page such as https://tickets.example", text);
  }
  return std::nullopt;
}

std::optional<SettingsFault> fault_of_login(const Settings& settings) {
  const auto& user = settings.user;
  if (user.empty() && settings.password.empty()) return std::nullopt;
  if (user.empty()) {
    return SettingsFault{"mail-secret-file", "needs mail-user, too: who logs in with the password"};
  }
  if (!is_visible_text(user)) {
    return SettingsFault{
        "mail-user", fmt::format("'{}' must be printable characters without blanks", user)};
  }
  if (settings.password.empty()) {
    return SettingsFault{
        "mail-user", fmt::format("'{}' needs mail-secret-file, too: the password", user)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ServerUrl> read_server_url(const std::string& text) {
  const auto url = parse_url(text);
  if (url == nullptr) return std::nullopt;
  const auto query = part_of(url, CURLUPART_QUERY);
  ServerUrl server;
  server.is_implicit = part_of(url, CURLUPART_SCHEME) == "smtps";
  const bool is_local = is_this_machine(part_of(url, CURLUPART_HOST));
  server.needs_tls = server.is_implicit || query == "tls=required" || (query.empty() && !is_local);
  curl_url_set(url.get(), CURLUPART_QUERY, nullptr, 0);
  server.url = part_of(url, CURLUPART_URL);
  return server;
}

std::optional<SettingsFault> fault_of(const Settings& settings) {
  if (auto fault = fault_of_server(settings)) return SettingsFault{"mail-url", *std::move(fault)};
  if (settings.from.empty()) {
    return SettingsFault{"mail-from", "is needed with mail-url: who the mails are from"};
  }
  if (!read_mailbox(settings.from)) {
    return SettingsFault{
        "mail-from",
        fmt::format(
            "'{}' is no address such as box-office@studio.example or Sun Street Studio "
            "<box-office@studio.example>",
            settings.from)};
  }
  if (auto fault = fault_of_login(settings)) return fault;
  const auto& file = settings.ca_file;
  if (!file.empty() && ::access(file.c_str(), R_OK) != 0) {
    return SettingsFault{
        "mail-ca-file", fmt::format("{} cannot be read: {}", file, std::strerror(errno))};
  }
  if (auto fault = fault_of_page_url(settings.page_url)) {
    return SettingsFault{"public-url", *std::move(fault)};
  }
  return std::nullopt;
}

}  // namespace cavea::outbound::mail
