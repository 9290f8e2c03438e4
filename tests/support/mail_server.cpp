#include "tests/support/mail_server.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <chrono>
#include <stdexcept>
#include <string_view>

namespace cavea::test {

namespace {

using namespace std::chrono_literals;

constexpr auto mail_patience = 20s;

std::vector<std::string> command_of(const MailServerOptions& options) {
  std::vector<std::string> command{
      "/usr/bin/python3", "-B", CAVEA_SOURCE_DIR "/tests/support/smtp_server.py"};
  const auto add = [&command](const char* name, const std::string& value) {
    if (value.empty()) return;
    command.emplace_back(name);
    command.push_back(value);
  };
  add("--certificate", options.certificate);
  add("--key", options.key);
  add("--user", options.user);
  add("--password", options.password);
  if (!options.greeting.empty()) {
    command.emplace_back("--greeting");
    command.push_back(options.greeting == "closed" ? "" : options.greeting);
  }
  if (options.is_implicit) command.emplace_back("--implicit-tls");
  return command;
}

std::string decoded(const std::string& base64) {
  std::string bytes(base64.size(), '\0');
  int length = EVP_DecodeBlock(
      reinterpret_cast<unsigned char*>(bytes.data()),
      reinterpret_cast<const unsigned char*>(base64.data()),
      static_cast<int>(base64.size()));
  REQUIRE(length >= 0);
  if (base64.ends_with("==")) {
    length -= 2;
  } else if (base64.ends_with("=")) {
    length -= 1;
  }
  bytes.resize(static_cast<std::size_t>(length));
  return bytes;
}

}  // namespace

MailServer::MailServer(const MailServerOptions& options) : process_(command_of(options)) {
  constexpr std::string_view words = "listening on ";
  const auto line = process_.wait_for_line(words, mail_patience);
  if (!line) throw std::runtime_error("the mail server did not start: " + process_.error_output());
  const auto port = line->substr(line->find(words) + words.size());
  url_ = (options.is_implicit ? "smtps://127.0.0.1:" : "smtp://127.0.0.1:") + port;
}

nlohmann::json MailServer::mail(int number) {
  const auto words = "mail " + std::to_string(number) + " ";
  const auto line = process_.wait_for_line(words, mail_patience);
  INFO(process_.error_output());
  REQUIRE(line);
  return nlohmann::json::parse(line->substr(words.size()));
}

int MailServer::count() const {
  const auto output = '\n' + process_.output();
  int found = 0;
  for (auto at = output.find("\nmail "); at != std::string::npos;
       at = output.find("\nmail ", at + 1))
    ++found;
  return found;
}

std::string header_of(const nlohmann::json& mail, const std::string& name) {
  std::string value;
  int found = 0;
  for (const auto& header : mail["headers"]) {
    if (header[0] != name) continue;
    value = header[1].get<std::string>();
    ++found;
  }
  CAPTURE(name);
  REQUIRE(found == 1);
  return value;
}

std::vector<std::string> contents_of(const nlohmann::json& mail, const std::string& type) {
  std::vector<std::string> contents;
  for (const auto& part : mail["parts"]) {
    if (part["type"] == type) contents.push_back(decoded(part["base64"].get<std::string>()));
  }
  return contents;
}

std::string content_of(const nlohmann::json& mail, const std::string& type) {
  auto contents = contents_of(mail, type);
  CAPTURE(type);
  REQUIRE(contents.size() == 1);
  return contents.front();
}

}  // namespace cavea::test
