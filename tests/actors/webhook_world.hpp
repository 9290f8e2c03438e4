#pragma once

#include "engine/webhook.hpp"
#include "engine/webhook_port.hpp"
#include "node_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::tests {

/// A program that is told what happens, and answers as the test says.
class Receiver final : public engine::WebhookPort {
 public:
  struct Call {
    std::string url;
    std::string id;
    std::string body;
    std::size_t secrets = 0;
  };

  using Script = std::function<engine::DeliveryResult(const Call&, std::size_t number)>;

  void send(engine::WebhookCall call, engine::DeliveryContinuation then) noexcept override {
    engine::DeliveryResult result;
    result.kind = engine::DeliveryResult::Kind::delivered;
    result.status = 200;
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back({call.url, call.id, *call.body, call.secrets.size()});
      if (script_) result = script_(calls_.back(), calls_.size() - 1);
      changed_.notify_all();
    }
    then(result);
  }

  void answer_with(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }

  /// The calls, once there are so many.
  std::vector<Call> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return calls_.size() >= count; }));
    return calls_;
  }

  std::vector<Call> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Script script_;
  std::vector<Call> calls_;
};

inline engine::DeliveryResult answered(engine::DeliveryResult::Kind kind, std::uint32_t status) {
  engine::DeliveryResult result;
  result.kind = kind;
  result.status = status;
  result.detail = "said no";
  return result;
}

/// What happened, in words: "cavea.reservation.held yoga 3".
inline void write_words(std::string& out, const engine::ChangeEvent& event) {
  out += engine::name_of(event.type);
  out += ' ';
  std::visit([&](const auto& subject) { out += subject.str(); }, event.subject);
  out += ' ' + std::to_string(event.version);
}

inline const auto shop = *engine::WebhookId::from("shop");

/// A node that tells a receiver what happens.
struct WebhookWorld : NodeFixture {
  WebhookWorld(persistence::Store& store, Receiver& receiver, std::uint16_t shard_count = 4)
      : NodeFixture(store, shard_count) {
    config.webhooks = &receiver;
    config.write_change = write_words;
    config.data_id = 7;
    start();
  }

  engine::Answer command(decltype(engine::WebhookCommand::what) what) {
    return carry_out({engine::RecordRequest{engine::WebhookCommand{shop, std::move(what)}}, {}});
  }

  void create_webhook(std::vector<std::string> types = {}) {
    engine::CreateWebhook create;
    create.url = "https://shop.example/hook";
    create.types = std::move(types);
    create.secret = std::string(32, 's');
    const auto answer = command(create);
    REQUIRE(std::holds_alternative<engine::WebhookView>(answer));
    CHECK(std::get<engine::WebhookView>(answer).has_new_secret);
  }

  engine::Webhook webhook() {
    return std::get<engine::WebhookView>(ask(engine::GetWebhook{shop})).webhook;
  }

  std::vector<engine::WebhookDelivery> deliveries(std::uint32_t limit = 200) {
    engine::ListWebhookDeliveries query;
    query.id = shop;
    query.limit = limit;
    return std::get<engine::WebhookDeliveryPage>(ask(query)).deliveries;
  }

  /// The list of what was sent, once it is as wanted.
  std::vector<engine::WebhookDelivery> deliveries_when(
      const std::function<bool(const std::vector<engine::WebhookDelivery>&)>& wanted,
      std::uint32_t limit = 200) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (;;) {
      auto found = deliveries(limit);
      if (wanted(found)) return found;
      REQUIRE(std::chrono::steady_clock::now() < until);
      std::this_thread::yield();
    }
  }

  void wait_until_disabled() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (webhook().is_enabled()) REQUIRE(std::chrono::steady_clock::now() < until);
  }

  void reserve(const std::string& id, const std::string& user) {
    reservation_of(carry_out(claim(id, user, engine::Quantity{1})));
  }
};

/// Versions of the events of one offering, in the order in which they came.
inline std::vector<std::uint64_t> versions_of(
    const std::vector<Receiver::Call>& calls, const std::string& offering) {
  std::vector<std::uint64_t> versions;
  for (const auto& call : calls) {
    const auto at = call.body.find(' ' + offering + ' ');
    if (at == std::string::npos) continue;
    versions.push_back(std::stoull(call.body.substr(at + offering.size() + 2)));
  }
  return versions;
}

inline std::vector<std::uint64_t> up_to(std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 1; i <= last; ++i) all.push_back(i);
  return all;
}

/// Without those that came again.
inline std::vector<std::uint64_t> first_of_each(const std::vector<std::uint64_t>& versions) {
  std::vector<std::uint64_t> once;
  for (const auto version : versions) {
    if (std::find(once.begin(), once.end(), version) == once.end()) once.push_back(version);
  }
  return once;
}

}  // namespace cavea::tests
