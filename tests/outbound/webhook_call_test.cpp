#include "outbound/address_guard.hpp"
#include "outbound/webhook/limits.hpp"
#include "outbound/webhook/signature.hpp"
#include "outbound/webhook/webhook_port.hpp"
#include "tests/outbound/payment_world.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace cavea::outbound::webhook {

namespace {

using Kind = engine::DeliveryResult::Kind;

std::unique_ptr<HttpWebhookPort> port_for(bool may_be_local, const std::string& ca_file = "") {
  Settings settings;
  settings.may_be_local = may_be_local;
  settings.ca_file = ca_file;
  auto opened = HttpWebhookPort::open(settings, nullptr);
  REQUIRE(opened);
  return std::move(opened).value();
}

engine::WebhookCall call_to(const std::string& url, const std::string& body = "{\"a\":1}") {
  engine::WebhookCall call;
  call.url = url;
  call.secrets = {std::string(32, 's')};
  call.id = "3-17-0";
  call.at = {1'780'000'000'123};
  call.body = std::make_shared<const std::string>(body);
  return call;
}

std::future<engine::DeliveryResult> begin(HttpWebhookPort& port, engine::WebhookCall call) {
  auto promise = std::make_shared<std::promise<engine::DeliveryResult>>();
  auto result = promise->get_future();
  port.send(std::move(call), [promise](engine::DeliveryResult made) {
    promise->set_value(std::move(made));
  });
  return result;
}

engine::DeliveryResult send(HttpWebhookPort& port, engine::WebhookCall call) {
  auto result = begin(port, std::move(call));
  REQUIRE(result.wait_for(std::chrono::seconds(30)) == std::future_status::ready);
  return result.get();
}

std::string from_base64(const std::string& text) {
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(
      reinterpret_cast<unsigned char*>(bytes.data()),
      reinterpret_cast<const unsigned char*>(text.data()),
      static_cast<int>(text.size()));
  REQUIRE(size >= 0);
  auto padding = text.size() - text.find_last_not_of('=') - 1;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

/// As a receiver would do it, with nothing of ours.
bool is_signed_with(
    const std::string& secret, const test::ReceivedRequest& request, const std::string& signature) {
  const auto content =
      request.header("webhook-id") + "." + request.header("webhook-timestamp") + "." + request.body;
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(
      EVP_sha256(),
      secret.data(),
      static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(content.data()),
      content.size(),
      hash,
      &size);
  return signature.starts_with("v1,")
         && from_base64(signature.substr(3)) == std::string(reinterpret_cast<char*>(hash), size);
}

bool is_public_text(const char* text) {
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
    return is_public(reinterpret_cast<const sockaddr&>(six));
  }
  sockaddr_in four{};
  four.sin_family = AF_INET;
  REQUIRE(::inet_pton(AF_INET, text, &four.sin_addr) == 1);
  return is_public(reinterpret_cast<const sockaddr&>(four));
}

}  // namespace

TEST_CASE("A signature is the one that the libraries of Standard Webhooks test with") {
  // https://github.com/standard-webhooks/standard-webhooks/tree/main/libraries: "test sign".
  const auto secret = from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  CHECK(
      signature_of(
          secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", {1'614'265'330'000}, "{\"test\": 2432232314}")
      == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("A call carries event, time and a signature for each secret, and nothing else does") {
  test::ScriptedServer server;
  const auto port = port_for(true);
  auto call = call_to(server.url() + "/hook?x=1");
  call.secrets.push_back("old");
  const auto result = send(*port, call);
  CHECK(result.kind == Kind::delivered);
  CHECK(result.status == 200);
  const auto request = server.wait_for(1).front();
  CHECK(request.method == "POST");
  CHECK(request.target == "/hook?x=1");
  CHECK(request.body == "{\"a\":1}");
  CHECK(request.header("content-type") == "application/cloudevents+json; charset=utf-8");
  CHECK(request.header("webhook-id") == "3-17-0");
  CHECK(request.header("webhook-timestamp") == "1780000000");
  const auto signatures = request.header("webhook-signature");
  const auto space = signatures.find(' ');
  REQUIRE(space != std::string::npos);
  CHECK(is_signed_with(std::string(32, 's'), request, signatures.substr(0, space)));
  CHECK(is_signed_with("old", request, signatures.substr(space + 1)));
  CHECK_FALSE(is_signed_with("other", request, signatures.substr(0, space)));
}

TEST_CASE("Answers are taken for what they are, and redirects are not followed") {
  struct Case {
    test::ScriptedReply reply;
    Kind kind;
    std::optional<std::int64_t> retry_after_ms;
  };

  const std::vector<Case> cases{
      {{.status = 204}, Kind::delivered, std::nullopt},
      {{.status = 410}, Kind::endpoint_gone, std::nullopt},
      {{.status = 500, .body = "out of\r\norder\x01"}, Kind::not_now, std::nullopt},
      {{.status = 400}, Kind::not_now, std::nullopt},
      {{.status = 302, .headers = {"Location: /elsewhere"}}, Kind::not_now, std::nullopt},
      {{.status = 429, .headers = {"Retry-After: 120"}}, Kind::not_now, 120'000},
      {{.status = 503, .headers = {"Retry-After: 99999999999999999999"}},
       Kind::not_now,
       86'400'000},
      {{.status = 503, .headers = {"Retry-After: Thu, 01 Jan 1970 00:00:10 GMT"}},
       Kind::not_now,
       0},
      {{.status = 503, .headers = {"Retry-After: soon"}}, Kind::not_now, std::nullopt},
      {{.is_cut = true}, Kind::not_now, std::nullopt},
  };
  // Of a connection that was used before and is cut, libcurl opens another one and tries again.
  test::ScriptedServer server([&](const auto&, std::size_t number) {
    return cases.at(std::min(number, cases.size() - 1)).reply;
  });
  const auto port = port_for(true);
  for (const auto& one : cases) {
    const auto result = send(*port, call_to(server.url()));
    INFO(one.reply.status);
    CHECK(result.kind == one.kind);
    CHECK(result.retry_after.has_value() == one.retry_after_ms.has_value());
    if (result.retry_after && one.retry_after_ms) {
      CHECK(result.retry_after->ms == *one.retry_after_ms);
    }
    for (const unsigned char c : result.detail) CHECK(c >= 0x20);
    if (result.kind == Kind::not_now) CHECK_FALSE(result.detail.empty());
  }
  CHECK(server.count() >= cases.size());
}

TEST_CASE("A node that may not reach its own network connects to no address of it") {
  test::ScriptedServer server;
  const auto port = port_for(false);
  auto https = server.url();
  https.replace(0, 4, "https");
  auto result = send(*port, call_to(https));
  CHECK(result.kind == Kind::not_now);
  CHECK(result.detail.find("no public address") != std::string::npos);
  // A name is looked at by what it leads to.
  https.replace(https.find("127.0.0.1"), 9, "localhost");
  result = send(*port, call_to(https));
  CHECK(result.detail.find("no public address") != std::string::npos);
  CHECK(send(*port, call_to(server.url())).kind == Kind::not_now);
  CHECK(server.count() == 0);
}

TEST_CASE("Only addresses of the public internet count as such") {
  for (const auto* text :
       {"93.184.216.34",
        "1.1.1.1",
        "172.32.0.1",
        "100.128.0.1",
        "2606:2800:220:1::1",
        "2001:4860:4860::8888",
        "64:ff9b::101:101",
        "2002:0101:0101::1"}) {
    CHECK_MESSAGE(is_public_text(text), text);
  }
  for (const auto* text : {"127.0.0.1",   "127.255.255.254", "0.0.0.0",          "10.0.0.1",
                           "172.16.0.1",  "172.31.255.255",  "192.168.0.1",      "169.254.169.254",
                           "100.64.0.1",  "192.0.2.1",       "198.18.0.1",       "198.51.100.1",
                           "203.0.113.9", "224.0.0.1",       "255.255.255.255",  "::",
                           "::1",         "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
                           "fe80::1",     "fc00::1",         "fd12::1",          "ff02::1",
                           "2001:db8::1", "2002:7f00:1::1",  "2001::1",          "3fff::1",
                           "100::1"}) {
    CHECK_MESSAGE(!is_public_text(text), text);
  }
}

TEST_CASE("Who is down, or no one that we trust, gets the event later") {
  const auto port = port_for(true);
  std::string url;
  {
    test::ScriptedServer server;
    url = server.url();
  }
  const auto result = send(*port, call_to(url));
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 0);
  CHECK_FALSE(result.detail.empty());
  const auto missing = HttpWebhookPort::open({.ca_file = "/nowhere/ca.pem"}, nullptr);
  CHECK_FALSE(missing);
}

TEST_CASE("Who takes too long is left, whatever comes of it later") {
  test::ScriptedServer server(
      [](const auto&, std::size_t) { return test::ScriptedReply{.is_silent = true}; });
  Settings settings;
  settings.may_be_local = true;
  settings.request_time = std::chrono::milliseconds(200);
  const auto port = std::move(HttpWebhookPort::open(settings, nullptr)).value();
  const auto result = send(*port, call_to(server.url()));
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 0);
  CHECK(result.took.ms >= 150);
}

TEST_CASE("Only who has a certificate that we trust, for its own name, is sent anything") {
  const test::TempDir folder;
  const auto ours = test::make_certificate(folder, "ours");
  const auto other = test::make_certificate(folder, "other");
  simulator::Server::Settings tls;
  tls.tls_certificate = ours.certificate.string();
  tls.tls_key = ours.key.string();
  // Any server that speaks TLS will do: that it answers is enough.
  payment::PaymentWorld world(tls, ours.certificate.string());
  CHECK(send(*port_for(true, ours.certificate.string()), call_to(world.url())).status != 0);
  CHECK(send(*port_for(true, other.certificate.string()), call_to(world.url())).status == 0);
  CHECK(send(*port_for(true), call_to(world.url())).status == 0);
  auto by_name = world.url();
  by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
  CHECK(send(*port_for(true, ours.certificate.string()), call_to(by_name)).status == 0);
}

TEST_CASE("What is under way when the node stops is answered, and told to come later") {
  test::ScriptedServer server(
      [](const auto&, std::size_t) { return test::ScriptedReply{.is_silent = true}; });
  auto port = port_for(true);
  std::vector<std::future<engine::DeliveryResult>> results;
  constexpr std::size_t count = limits::connections_per_host + 8;
  for (std::size_t i = 0; i < count; ++i) results.push_back(begin(*port, call_to(server.url())));
  (void)server.wait_for(1);
  port.reset();
  for (auto& result : results) CHECK(result.get().kind == Kind::not_now);
}

}  // namespace cavea::outbound::webhook
