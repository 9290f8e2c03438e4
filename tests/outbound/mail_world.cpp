#include "tests/outbound/mail_world.hpp"

#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>

namespace cavea::outbound::mail {

namespace {

using namespace std::chrono_literals;

constexpr auto mail_patience = 20s;

}  // namespace

const tickets::TicketKey& ticket_key() {
  static const auto key = tickets::TicketKey::from(tickets::make_private_key().value());
  return key.value();
}

Settings mail_settings(const std::string& url) {
  Settings settings;
  settings.url = url;
  settings.from = "Sun Street Studio <box-office@studio.example>";
  settings.page_url = "https://studio.example/my";
  return settings;
}

std::unique_ptr<SmtpPort> open_mail(Settings settings) {
  auto port = SmtpPort::open(std::move(settings), ticket_key(), nullptr);
  if (!port) throw std::runtime_error(port.error().setting + " " + port.error().text);
  return std::move(port).value();
}

engine::DeliveryResult send(
    engine::MailPort& port, const engine::Notification& what, const engine::Recipient& to) {
  const auto promise = std::make_shared<std::promise<engine::DeliveryResult>>();
  auto result = promise->get_future();
  port.send(
      std::make_shared<const engine::Notification>(what),
      to,
      [promise](engine::DeliveryResult came) { promise->set_value(std::move(came)); });
  if (result.wait_for(mail_patience) != std::future_status::ready) {
    throw std::runtime_error("the port gave no answer within 20 s");
  }
  return result.get();
}

}  // namespace cavea::outbound::mail
