#include "app/outbound_ports.hpp"

#include "app/version.hpp"
#include "outbound/kafka/properties.hpp"
#include "outbound/payment/settings.hpp"
#include "outbound/secret.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace cavea::app {
namespace {

StartFailure wrong_setting(std::string text) {
  return {ExitCode::usage, std::move(text)};
}

/// Something that is said about mail while there is no server for it.
std::string first_without_server(const ServeSettings& settings) {
  if (!settings.mail_from.empty()) return "mail-from";
  if (!settings.mail_user.empty()) return "mail-user";
  if (!settings.mail_secret_file.empty()) return "mail-secret-file";
  if (!settings.mail_ca_file.empty()) return "mail-ca-file";
  return settings.mail_templates.empty() ? "" : "mail-templates";
}

}  // namespace

engine::Result<std::unique_ptr<outbound::payment::StripePort>, StartFailure> open_payments(
    const ServeSettings& settings, const std::shared_ptr<spdlog::logger>& logger) {
  using Port = std::unique_ptr<outbound::payment::StripePort>;
  if (settings.payment_url.empty()) return Port();
  outbound::payment::Settings provider;
  provider.base_url = settings.payment_url;
  provider.ca_file = settings.payment_ca_file;
  if (settings.payment_key_file.empty()) {
    return wrong_setting("payment-url needs payment-key-file, too: the secret key at the provider");
  }
  auto key = outbound::read_secret(settings.payment_key_file);
  if (!key) return wrong_setting("payment-key-file: " + key.error().text);
  provider.secret_key = std::move(key).value();
  for (const auto& file : settings.payment_notice_secret_files) {
    auto secret = outbound::read_secret(file);
    if (!secret) return wrong_setting("payment-notice-secret-file: " + secret.error().text);
    provider.webhook_secrets.push_back(std::move(secret).value());
  }
  auto opened = outbound::payment::StripePort::open(std::move(provider), logger);
  if (!opened) return wrong_setting(opened.error().text);
  return std::move(opened).value();
}

engine::Result<std::unique_ptr<outbound::mail::SmtpPort>, StartFailure> open_mail(
    const ServeSettings& settings,
    const tickets::TicketKey& key,
    const std::shared_ptr<spdlog::logger>& logger) {
  if (settings.mail_url.empty()) {
    const auto alone = first_without_server(settings);
    if (!alone.empty()) return wrong_setting(alone + " needs mail-url, too: the mail server");
    return std::unique_ptr<outbound::mail::SmtpPort>();
  }
  outbound::mail::Settings server;
  server.url = settings.mail_url;
  server.from = settings.mail_from;
  server.user = settings.mail_user;
  server.ca_file = settings.mail_ca_file;
  server.page_url = settings.public_url;
  server.templates = settings.mail_templates;
  if (!settings.mail_secret_file.empty()) {
    auto secret = outbound::read_secret(settings.mail_secret_file);
    if (!secret) return wrong_setting("mail-secret-file: " + secret.error().text);
    server.password = std::move(secret).value();
  }
  auto opened = outbound::mail::SmtpPort::open(std::move(server), key, logger);
  if (!opened) {
    return wrong_setting(fmt::format("{} {}", opened.error().setting, opened.error().text));
  }
  return std::move(opened).value();
}

engine::Result<std::unique_ptr<outbound::webhook::HttpWebhookPort>, StartFailure> open_webhooks(
    const ServeSettings& settings, const std::shared_ptr<spdlog::logger>& logger) {
  outbound::webhook::Settings caller;
  caller.may_be_local = webhooks_may_be_local(settings);
  caller.ca_file = settings.webhook_ca_file;
  caller.user_agent = fmt::format("Cavea/{}", version);
  auto opened = outbound::webhook::HttpWebhookPort::open(std::move(caller), logger);
  if (!opened) return wrong_setting("webhook-ca-file: " + opened.error());
  return std::move(opened).value();
}

engine::Result<std::unique_ptr<outbound::kafka::KafkaSink>, StartFailure> open_kafka(
    const ServeSettings& settings, const std::shared_ptr<spdlog::logger>& logger) {
  using Sink = std::unique_ptr<outbound::kafka::KafkaSink>;
  if (settings.kafka_brokers.empty()) {
    if (settings.kafka_properties_file.empty()) return Sink();
    return wrong_setting("kafka-properties-file needs kafka-brokers, too: the cluster");
  }
  if (settings.kafka_topic.empty()) return wrong_setting("kafka-topic must not be empty");
  if (settings.changes_keep_days <= 0) {
    return wrong_setting(
        "kafka-brokers needs changes-keep-days above 0: what Kafka has not taken is read from "
        "there");
  }
  outbound::kafka::Settings cluster{
      .brokers = settings.kafka_brokers, .topic = settings.kafka_topic};
  if (!settings.kafka_properties_file.empty()) {
    auto properties = outbound::kafka::read_properties(settings.kafka_properties_file);
    if (!properties) return wrong_setting("kafka-properties-file: " + properties.error());
    cluster.properties = std::move(properties).value();
  }
  auto opened = outbound::kafka::KafkaSink::open(std::move(cluster), logger);
  if (!opened) return wrong_setting("kafka-brokers or kafka-properties-file: " + opened.error());
  return std::move(opened).value();
}

bool webhooks_may_be_local(const ServeSettings& settings) {
  return settings.webhook_targets == "any";
}

}  // namespace cavea::app
