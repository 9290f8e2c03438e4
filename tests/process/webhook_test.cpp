#include "tests/process/feed_ids.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/scripted_server.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// Webhooks of a real node, over real sockets.

namespace cavea::test {
namespace {

using nlohmann::json;

const std::vector<std::string> webhook_options{
    "--webhook-targets", "any", "--shards", "3", "--log-level", "error"};

std::string decoded(const std::string& secret) {
  const auto text = secret.substr(std::string("whsec_").size());
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(
      reinterpret_cast<unsigned char*>(bytes.data()),
      reinterpret_cast<const unsigned char*>(text.data()),
      static_cast<int>(text.size()));
  REQUIRE(size > 0);
  bytes.resize(static_cast<std::size_t>(size) - (text.size() - text.find_last_not_of('=') - 1));
  return bytes;
}

/// As the specification of Standard Webhooks tells receivers to do it.
std::string expected_signature(const std::string& secret, const ReceivedRequest& request) {
  const auto content =
      request.header("webhook-id") + "." + request.header("webhook-timestamp") + "." + request.body;
  const auto key = decoded(secret);
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(
      EVP_sha256(),
      key.data(),
      static_cast<int>(key.size()),
      reinterpret_cast<const unsigned char*>(content.data()),
      content.size(),
      hash,
      &size);
  unsigned char text[2 * EVP_MAX_MD_SIZE];
  EVP_EncodeBlock(text, hash, static_cast<int>(size));
  return "v1," + std::string(reinterpret_cast<char*>(text));
}

struct Administrator : HttpClient {
  explicit Administrator(const NodeProcess& node) : HttpClient(node.url()) {
    use_token(node.token("admin", "box-office"));
  }
};

json create_hook(HttpClient& admin, const std::string& url) {
  const auto answer = admin.post("/v1/admin/webhooks", json{{"id", "shop"}, {"url", url}}.dump());
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return json::parse(answer.body);
}

/// Keeps what it took, under its lock of one thread.
class Taken {
 public:
  void take(const ReceivedRequest& request) {
    const auto event = json::parse(request.body);
    const std::lock_guard lock(mutex_);
    auto& ids = ids_[event.at("subject")];
    const std::string id = event.at("id");
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }

  std::map<std::string, std::vector<std::string>> ids() {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> ids_;  ///< By offering, each when it came first.
};

}  // namespace

TEST_CASE("what a node sends is signed so that anybody who has the secret can check it") {
  ScriptedServer receiver;
  const TempDir data;
  const NodeProcess node(CAVEA_BINARY, data.path(), webhook_options);
  Administrator admin(node);
  const auto hook = create_hook(admin, receiver.url() + "/cavea");
  create_classes(admin, 1);
  const auto requests = receiver.wait_for(2);
  for (const auto& request : requests) {
    CHECK(request.target == "/cavea");
    CHECK(request.header("webhook-signature") == expected_signature(hook.at("secret"), request));
    const auto event = json::parse(request.body);
    CHECK(event.at("id") == request.header("webhook-id"));
    CHECK(event.at("specversion") == "1.0");
  }

  // While a secret is replaced, both sign.
  const auto rotated = json::parse(admin.post("/v1/admin/webhooks/shop/rotate-secret", "{}").body);
  REQUIRE(admin.post("/v1/admin/webhooks/shop/test", "").status == 200);
  const auto test = receiver.wait_for(3).back();
  CHECK(
      test.header("webhook-signature")
      == expected_signature(rotated.at("secret"), test) + " "
             + expected_signature(hook.at("secret"), test));
}

TEST_CASE("a node that is killed again and again sends every event, those of one class in order") {
  Taken taken;
  // Every seventh answer is an error, and some never come.
  ScriptedServer receiver([&](const ReceivedRequest& request, std::size_t number) {
    if (number % 47 == 46) return ScriptedReply{.is_cut = true};
    if (number % 31 == 30) return ScriptedReply{.status = 500};
    taken.take(request);
    return ScriptedReply{.status = 200};
  });
  const TempDir data;
  constexpr int rounds = 4;
  constexpr int classes = 6;
  constexpr int claims = 60;
  for (int round = 0; round <= rounds; ++round) {
    NodeProcess node(CAVEA_BINARY, data.path(), webhook_options);
    Administrator admin(node);
    if (round == 0) {
      create_hook(admin, receiver.url());
      create_classes(admin, classes);
    }
    if (round < rounds) {
      HttpClient person(node.url());
      person.use_token(node.token("user", "ada"));
      for (int i = 0; i < claims; ++i) {
        const json body{
            {"items", {{{"offering", "yoga-" + std::to_string(i % classes)}, {"quantity", 1}}}}};
        const auto key = std::to_string(round) + "-" + std::to_string(i);
        const auto answer =
            person.post("/v1/reservations", body.dump(), {"Idempotency-Key: " + key});
        INFO(answer.body);
        REQUIRE(answer.status == 201);
      }
      node.kill();
      continue;
    }
    const auto wanted = ids_of_feed(admin);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (taken.ids() != wanted && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    CHECK(taken.ids() == wanted);
    CHECK(node.stop().code == 0);
  }
}

TEST_CASE("who answers 410 is sent nothing more until it is enabled, and then all that it missed") {
  std::atomic<bool> is_gone{true};
  Taken taken;
  ScriptedServer receiver([&](const ReceivedRequest& request, std::size_t) {
    if (is_gone) return ScriptedReply{.status = 410};
    taken.take(request);
    return ScriptedReply{.status = 204};
  });
  const TempDir data;
  const NodeProcess node(CAVEA_BINARY, data.path(), webhook_options);
  Administrator admin(node);
  create_hook(admin, receiver.url());
  create_classes(admin, 3);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  json hook;
  do {
    hook = json::parse(admin.get("/v1/admin/webhooks/shop").body);
    REQUIRE(std::chrono::steady_clock::now() < until);
  } while (hook.at("enabled").get<bool>());
  CHECK(hook.at("disabled_because") == "gone");
  CHECK(
      admin.get("/metrics").body.find("cavea_webhooks{state=\"disabled\"} 1") != std::string::npos);
  is_gone = false;
  REQUIRE(admin.post("/v1/admin/webhooks/shop/enable", "").status == 200);
  const auto wanted = ids_of_feed(admin);
  while (taken.ids() != wanted) REQUIRE(std::chrono::steady_clock::now() < until);
  // Three classes and their venue.
  constexpr std::size_t count = 4;
  std::size_t delivered = 0;
  while (delivered != count) {
    REQUIRE(std::chrono::steady_clock::now() < until);
    delivered = 0;
    const auto log = json::parse(admin.get("/v1/admin/webhooks/shop/deliveries").body);
    for (const auto& item : log.at("items")) delivered += item.at("state") == "delivered" ? 1 : 0;
  }
}

}  // namespace cavea::test
