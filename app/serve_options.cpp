#include "app/settings.hpp"
#include "http/cors.hpp"

#include <fmt/format.h>

namespace cavea::app {
namespace {

/// Declares one setting; the help names its environment variable.
template <class T>
CLI::Option* declare(
    CLI::App& command,
    const std::string& name,
    T& value,
    const std::string& type,
    std::string text) {
  text += fmt::format(" [{}]", environment_name(name));
  return command.add_option("--" + name, value, text)->capture_default_str()->type_name(type);
}

void declare_network(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "address",
      s.address,
      "IP",
      "Address to listen on; 0.0.0.0 or :: lets other machines in");
  declare(command, "port", s.port, "NUMBER", "Port to listen on; 0: any free one, which is printed")
      ->check(CLI::Range(0, 65535));
  declare(command, "io-threads", s.io_threads, "NUMBER", "Threads that speak HTTP")
      ->check(CLI::Range(1, 256));
  declare(command, "connections", s.connections, "NUMBER", "Open connections at most")
      ->check(CLI::Range(1, 1'000'000));
  declare(
      command,
      "cors-origin",
      s.cors_origins,
      "ORIGIN",
      "Web origin whose pages may write, as https://shop.example; repeat it or separate by commas")
      ->delimiter(',')
      ->check([](const std::string& text) { return http::fault_of_origin(text).value_or(""); })
      ->allow_extra_args(false);
}

void declare_data(CLI::App& command, ServeSettings& s) {
  declare(command, "data", s.data, "DIR", "Folder of everything that is kept; made when missing");
  declare(
      command, "shards", s.shards, "NUMBER", "Shards of new data; data that is there keeps its own")
      ->check(CLI::Range(1, 4096));
  declare(
      command, "free-space-mib", s.free_space_mib, "MIB", "Refuse to start with less free space")
      ->check(CLI::Range(0, 1'000'000'000));
  declare(
      command,
      "changes-keep-days",
      s.changes_keep_days,
      "DAYS",
      "How long changes can be read again at /v1/changes, as 7 or 0.5; 0: only what the node needs "
      "itself")
      ->check(CLI::Range(0.0, 3'650.0));
}

void declare_actors(CLI::App& command, ServeSettings& s) {
  declare(command, "workers", s.workers, "NUMBER", "Threads that run actors")
      ->check(CLI::Range(1, 256));
  declare(
      command,
      "passivate-after-seconds",
      s.passivate_after_seconds,
      "SECONDS",
      "An offering that nobody asks for leaves memory after this time")
      ->check(CLI::Range(1, 86'400));
  declare(
      command,
      "shard-work-max",
      s.shard_work_max,
      "NUMBER",
      "Commands that wait in a shard at most; who comes beyond is answered 429")
      ->check(CLI::Range(std::int64_t{1}, actors::limits::shard_work_max));
  declare(
      command,
      "reads-max",
      s.reads_max,
      "NUMBER",
      "Lists and records that wait to be read at most; who comes beyond is answered 429")
      ->check(CLI::Range(std::size_t{1}, actors::limits::reads_max));
}

void declare_tokens(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "token-key-file",
      s.token_key_file,
      "FILE",
      "Secret that HS256 tokens are signed with, 32 bytes at least; empty: DIR/token.key, made "
      "when "
      "missing");
  declare(
      command,
      "token-public-key",
      s.token_public_key,
      "FILE",
      "Public key (PEM) of somebody else who signs ES256 tokens");
}

void declare_payments(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "payment-url",
      s.payment_url,
      "URL",
      "Payment provider that speaks Stripe's API; empty: nothing can be paid");
  declare(
      command,
      "payment-key-file",
      s.payment_key_file,
      "FILE",
      "Secret key at the payment provider");
  declare(
      command,
      "payment-notice-secret-file",
      s.payment_notice_secret_files,
      "FILE",
      "Secret that the provider's notices are signed with; two while it is replaced")
      ->delimiter(',')
      ->allow_extra_args(false);
  declare(
      command,
      "payment-ca-file",
      s.payment_ca_file,
      "FILE",
      "Authorities (PEM) to trust for the payment provider; empty: the system's");
}

void declare_reconciliation(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "reconcile-every-minutes",
      s.reconcile_every_minutes,
      "MINUTES",
      "How often payments are compared with the provider; 0: only when that is asked for")
      ->check(CLI::Range(0, 7 * 24 * 60));
  declare(
      command,
      "reconcile-days",
      s.reconcile_days,
      "DAYS",
      "How far back: payments made, and reservations changed, since then")
      ->check(CLI::Range(1, 365));
  declare(
      command,
      "reconcile-rest-seconds",
      s.reconcile_rest_seconds,
      "SECONDS",
      "Reservations that changed since then are left for the next time; less than a request to the "
      "provider may take is not safe")
      ->check(CLI::Range(0, 86'400));
}

void declare_notifications(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "remind-before-hours",
      s.remind_before_hours,
      "HOURS",
      "How long before a start people are reminded of it; 0: not at all")
      ->check(CLI::Range(0.0, 24.0 * 365));
}

void declare_mail(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "mail-url",
      s.mail_url,
      "URL",
      "Mail server that mail to people goes through, as smtps://mail.example or "
      "smtp://mail.example:587; empty: nobody is sent mail");
  declare(
      command,
      "mail-from",
      s.mail_from,
      "ADDRESS",
      "Who the mails are from, as \"Sun Street Studio <box-office@studio.example>\"");
  declare(command, "mail-user", s.mail_user, "NAME", "Who logs in to the mail server");
  declare(command, "mail-secret-file", s.mail_secret_file, "FILE", "Password at the mail server");
  declare(
      command,
      "mail-ca-file",
      s.mail_ca_file,
      "FILE",
      "Authorities (PEM) to trust for the mail server; empty: the system's");
  declare(
      command,
      "mail-templates",
      s.mail_templates,
      "DIR",
      "Templates of mails, a folder for each language; empty: those that are built in");
  declare(
      command,
      "public-url",
      s.public_url,
      "URL",
      "Page where people see what is theirs, as https://studio.example; mails lead there");
}

void declare_webhooks(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "webhook-targets",
      s.webhook_targets,
      "WHICH",
      "Where webhooks may lead. public: https to public addresses; any: http, this machine and "
      "private networks, too, which then whoever makes webhooks can reach")
      ->check(CLI::IsMember({"public", "any"}));
  declare(
      command,
      "webhook-ca-file",
      s.webhook_ca_file,
      "FILE",
      "Authorities (PEM) to trust for webhooks; empty: the system's");
}

void declare_kafka(CLI::App& command, ServeSettings& s) {
  declare(
      command,
      "kafka-brokers",
      s.kafka_brokers,
      "HOST:PORT,...",
      "Kafka to which all that happens is sent, too; empty: none");
  declare(command, "kafka-topic", s.kafka_topic, "NAME", "Topic for it");
  declare(
      command,
      "kafka-properties-file",
      s.kafka_properties_file,
      "FILE",
      "Further properties of librdkafka, name=value a line, as for TLS and SASL; may hold secrets");
}

}  // namespace

void declare_serve_options(CLI::App& command, ServeSettings& s) {
  command
      .add_option(
          "--config", s.config, "File with settings, one `name = value` a line [CAVEA_CONFIG]")
      ->type_name("FILE")
      ->configurable(false);
  command
      .add_flag(
          "--print-config", s.print_config, "Print what holds and where it came from, then end")
      ->configurable(false);
  declare_data(command, s);
  declare_network(command, s);
  declare_actors(command, s);
  declare_tokens(command, s);
  declare_payments(command, s);
  declare_reconciliation(command, s);
  declare_mail(command, s);
  declare_webhooks(command, s);
  declare_kafka(command, s);
  declare_notifications(command, s);
  declare(command, "log-level", s.log_level, "LEVEL", "debug, info, warning, error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  declare(command, "log-format", s.log_format, "FORMAT", "logfmt or json")
      ->check(CLI::IsMember({"logfmt", "json"}));
}

}  // namespace cavea::app
