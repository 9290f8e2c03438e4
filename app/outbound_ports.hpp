#pragma once

#include "app/settings.hpp"
#include "app/start_failure.hpp"
#include "engine/result.hpp"
#include "outbound/kafka/kafka_sink.hpp"
#include "outbound/mail/smtp_port.hpp"
#include "outbound/payment/stripe_port.hpp"
#include "outbound/webhook/webhook_port.hpp"
#include "tickets/ticket_key.hpp"

#include <memory>

namespace spdlog {
class logger;
}

// The services outside that a node speaks to, as its settings name them.

namespace cavea::app {

/// Null when no payment provider is named.
[[nodiscard]] engine::Result<std::unique_ptr<outbound::payment::StripePort>, StartFailure>
open_payments(const ServeSettings& settings, const std::shared_ptr<spdlog::logger>& logger);

/// Null when no mail server is named. `key` must outlive it.
[[nodiscard]] engine::Result<std::unique_ptr<outbound::mail::SmtpPort>, StartFailure> open_mail(
    const ServeSettings& settings,
    const tickets::TicketKey& key,
    const std::shared_ptr<spdlog::logger>& logger);

/// There always is one: webhooks are made while the node runs.
[[nodiscard]] engine::Result<std::unique_ptr<outbound::webhook::HttpWebhookPort>, StartFailure>
open_webhooks(const ServeSettings& settings, const std::shared_ptr<spdlog::logger>& logger);

/// Whether webhooks may lead to this machine or into private networks.
/// Null: events go to no Kafka.
[[nodiscard]] engine::Result<std::unique_ptr<outbound::kafka::KafkaSink>, StartFailure> open_kafka(
    const ServeSettings& settings, const std::shared_ptr<spdlog::logger>& logger);

[[nodiscard]] bool webhooks_may_be_local(const ServeSettings& settings);

}  // namespace cavea::app
