#include "app/compose.hpp"

#include "actors/node.hpp"
#include "actors/turn_feed.hpp"
#include "app/metrics.hpp"
#include "app/outbound_ports.hpp"
#include "app/ticket_key_file.hpp"
#include "app/token_key.hpp"
#include "app/version.hpp"
#include "cluster/raft_version.hpp"
#include "http/handlers/handler_context.hpp"
#include "http/json/change_codec.hpp"
#include "http/operations.hpp"
#include "http/server.hpp"
#include "outbound/kafka/kafka_sink.hpp"
#include "outbound/mail/smtp_port.hpp"
#include "outbound/payment/stripe_port.hpp"
#include "outbound/webhook/webhook_port.hpp"
#include "persistence/disk_space.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/rocks_store.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cavea::app {
namespace {

/// What is left of the 5 s of a stop goes to the actors and the journal.
constexpr std::chrono::milliseconds http_drain_time{3'000};

/// Files beside connections: tables of the store, logs, libraries.
constexpr rlim_t files_beside_connections = 2'048;

StartFailure store_failure(const persistence::StoreError& error) {
  return {exit_code_of(error.kind), error.text};
}

/// A write that failed cannot be taken back, and memory is ahead of the disk: the process ends at
/// once, and the next start begins with what was really written.
[[noreturn]] void end_after_failed_write(const persistence::StoreError& error) {
  std::fprintf(
      stderr,
      "error: the store failed, so this node ends now: %s\n"
      "       What was acknowledged is safe. Put right what is said above and start again.\n",
      error.text.c_str());
  std::fflush(stderr);
  ::_exit(number_of(exit_code_of(error.kind)));
}

/// One descriptor a connection; the soft limit of most systems is 1,024.
void raise_file_limit(unsigned connections, spdlog::logger& logger) {
  const rlim_t wanted = connections + files_beside_connections;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    logger.warn(
        "event=file_limit_low limit={} wanted={} hint=\"raise the limit of open files (ulimit "
        "-n)\"",
        limit.rlim_cur,
        wanted);
  }
}

std::optional<StartFailure> make_data_folder(const std::string& path) {
  std::error_code fault;
  std::filesystem::create_directories(path, fault);
  if (!fault) return std::nullopt;
  return StartFailure{
      ExitCode::io, fmt::format("--data {}: the folder cannot be made: {}", path, fault.message())};
}

engine::Result<std::vector<http::TokenKey>, StartFailure> read_keys(const ServeSettings& settings) {
  const auto file = settings.token_key_file.empty()
                        ? std::filesystem::path(settings.data) / "token.key"
                        : std::filesystem::path(settings.token_key_file);
  const auto secret =
      settings.token_key_file.empty() ? read_or_make_token_key(file) : read_token_key(file);
  if (!secret) return StartFailure{ExitCode::refused, secret.error().text};
  std::vector<http::TokenKey> keys{{http::TokenAlgorithm::hs256, secret.value()}};
  if (!settings.token_public_key.empty()) {
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(settings.token_public_key, ignored);
    // Reading a folder as a stream throws, so it is not opened as one.
    std::ifstream in;
    if (!is_folder) in.open(settings.token_public_key, std::ios::binary);
    std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad()) {
      return StartFailure{
          ExitCode::refused,
          fmt::format(
              "--token-public-key {}: {}",
              settings.token_public_key,
              is_folder ? "is a folder, not a file" : "cannot be read")};
    }
    if (const auto fault = fault_of_public_key(pem)) {
      return StartFailure{
          ExitCode::usage,
          fmt::format("--token-public-key {}: {}", settings.token_public_key, *fault)};
    }
    keys.push_back({http::TokenAlgorithm::es256, std::move(pem)});
  }
  return keys;
}

std::optional<StartFailure> check_address(const std::string& address) {
  in6_addr ignored{};
  if (::inet_pton(AF_INET, address.c_str(), &ignored) == 1) return std::nullopt;
  if (::inet_pton(AF_INET6, address.c_str(), &ignored) == 1) return std::nullopt;
  return StartFailure{
      ExitCode::usage,
      fmt::format(
          "--address {}: must be an IP address, as 127.0.0.1, 0.0.0.0 or ::1 (no name)", address)};
}

/// A name for new data, so that two nodes are never taken for one another.
std::string new_node_name() {
  std::random_device random;
  return fmt::format("node-{:08x}{:08x}", random(), random());
}

/// Tells a store whose first start did not get as far as its mark, which is taken for new, from one
/// that has lost it: a file beside the store is there from before the store until it has its mark.
class FirstStart {
 public:
  explicit FirstStart(const std::filesystem::path& store) : file_(store) {
    file_ += ".first-start";
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(store, ignored);
    if (!is_there || std::filesystem::is_empty(store, ignored)) std::ofstream(file_).put('\n');
    may_be_going_on_ = std::filesystem::exists(file_, ignored);
  }

  [[nodiscard]] bool may_be_going_on() const { return may_be_going_on_; }

  void end() const {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
  }

 private:
  std::filesystem::path file_;
  bool may_be_going_on_ = false;
};

/// The mark is written before all else, and into the log: where it is not found, the log is gone,
/// or what leads to it.
persistence::StoreError lost_mark(const std::filesystem::path& store) {
  return {
      persistence::StoreError::Kind::corrupt,
      fmt::format(
          "the store in {} has no format mark, which the first start writes before all else: its "
          "log, or another file, was removed or emptied. Put a backup in its place; remove the "
          "folder only when nothing was ever kept in it",
          store.string())};
}

std::chrono::milliseconds kept_time(const ServeSettings& settings) {
  const std::chrono::duration<double, std::ratio<86'400>> days(settings.changes_keep_days);
  return std::chrono::duration_cast<std::chrono::milliseconds>(days);
}

std::chrono::milliseconds reminder_time(const ServeSettings& settings) {
  const std::chrono::duration<double, std::ratio<3'600>> hours(settings.remind_before_hours);
  return std::chrono::duration_cast<std::chrono::milliseconds>(hours);
}

http::HttpConfig http_config(const ServeSettings& settings, std::vector<http::TokenKey> keys) {
  http::HttpConfig config;
  config.address = settings.address;
  config.port = settings.port;
  config.io_threads = settings.io_threads;
  config.limits.connections = settings.connections;
  config.limits.drain_time = http_drain_time;
  config.token_keys = std::move(keys);
  config.cors_origins = settings.cors_origins;
  config.request_log.format =
      settings.log_format == "json" ? http::LogFormat::json : http::LogFormat::logfmt;
  return config;
}

}  // namespace

/// Members are destroyed from the bottom to the top: the actors before the server, whose threads
/// they answer to, and the store after the actors, which write into it.
struct NodeProcess::Parts {
  std::string address;
  http::Readiness readiness;
  std::optional<tickets::TicketKey> ticket_key;
  http::HandlerContext handlers{.version = std::string(version)};
  actors::ActorsProbe actors_probe;
  persistence::JournalProbe journal_probe;
  std::unique_ptr<persistence::RocksStore> store;
  bool data_is_new = false;
  std::uint32_t data_id = 0;
  std::uint16_t shard_count = 0;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<outbound::payment::StripePort> payments;  ///< Null: nothing can be paid.
  std::unique_ptr<outbound::mail::SmtpPort> mail;           ///< Null: nobody is sent mail.
  std::unique_ptr<outbound::webhook::HttpWebhookPort> webhooks;
  std::unique_ptr<outbound::kafka::KafkaSink> kafka;  ///< Null: events go to none.
  std::unique_ptr<actors::Node> node;
  std::unique_ptr<Metrics> metrics;

  [[nodiscard]] std::vector<http::Route> routes() {
    auto all = http::api_routes(handlers);
    auto operational = http::operational_routes(
        {.readiness = readiness, .metrics = [this] { return metrics->text(); }});
    std::move(operational.begin(), operational.end(), std::back_inserter(all));
    return all;
  }

  std::optional<StartFailure> open_store(const ServeSettings& settings, bool shards_are_asked_for) {
    const auto room = std::uint64_t{settings.free_space_mib} << 20;
    if (auto fault = persistence::check_free_space(settings.data, room)) {
      return store_failure(*fault);
    }
    const auto folder = std::filesystem::path(settings.data) / "store";
    const FirstStart first(folder);
    // RocksDB would begin anew there, and delete what it finds. What may not be read it names
    // itself.
    std::error_code unreadable;
    const bool has_current = std::filesystem::exists(folder / "CURRENT", unreadable);
    if (!has_current && !unreadable && !first.may_be_going_on())
      return store_failure(lost_mark(folder));
    auto opened = persistence::RocksStore::open({.path = folder.string()});
    if (!opened) return store_failure(opened.error());
    store = std::move(opened).value();

    auto found = persistence::read_format_mark(*store->snapshot());
    if (!found) return store_failure(found.error());
    const auto& mark = found.value();
    if (!mark && !first.may_be_going_on()) return store_failure(lost_mark(folder));
    data_is_new = !mark.has_value();
    shard_count = mark && !shards_are_asked_for ? mark->shard_count : settings.shards;
    const auto node_name = mark ? mark->node : new_node_name();
    const auto fault =
        persistence::claim_store(*store, {.shard_count = shard_count, .node = node_name});
    if (fault) return store_failure(*fault);
    data_id = static_cast<std::uint32_t>(engine::stable_hash(node_name));
    first.end();
    return std::nullopt;
  }

  void make_node(const ServeSettings& settings) {
    actors::NodeConfig config;
    config.shard_count = shard_count;
    config.workers = settings.workers;
    config.idle_before_passivation = std::chrono::seconds(settings.passivate_after_seconds);
    config.shard_work_max = settings.shard_work_max;
    config.reads_max = settings.reads_max;
    config.payments = payments.get();
    config.mail = mail.get();
    config.webhooks = webhooks.get();
    config.sink = kafka.get();
    config.write_change = http::json::append_change;
    config.data_id = data_id;
    config.turns_kept = kept_time(settings);
    config.reminder_before = reminder_time(settings);
    config.reconcile_every = std::chrono::minutes(settings.reconcile_every_minutes);
    config.reconcile_back = std::chrono::hours(24 * settings.reconcile_days);
    config.reconcile_at_rest = std::chrono::seconds(settings.reconcile_rest_seconds);
    node = std::make_unique<actors::Node>(
        std::move(config), *store, journal_probe, actors_probe, end_after_failed_write);
    metrics = std::make_unique<Metrics>(MetricSources{
        .actors = actors_probe,
        .journal = journal_probe,
        .http = [this] { return server->totals(); },
        .notices = handlers.notices,
        .is_ready = [this] { return readiness.state() == http::Readiness::State::ready; },
        .store_bytes = [this] { return store->disk_bytes(); },
        .log_bytes = [this] { return store->bytes_of(persistence::Column::log); },
        .oldest_change = [this] { return node->feed().oldest_kept(); },
        .money = [this] { return node->money_books(); },
        .shard_count = shard_count});
  }
};

NodeProcess::NodeProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

NodeProcess::~NodeProcess() {
  stop();
}

engine::Result<std::unique_ptr<NodeProcess>, StartFailure> NodeProcess::build(
    const ServeSettings& settings,
    bool shards_are_asked_for,
    std::shared_ptr<spdlog::logger> logger) {
  if (const auto fault = cluster::raft_version_fault()) {
    return StartFailure{ExitCode::wrong_library, *fault};
  }
  if (auto fault = check_address(settings.address)) return *std::move(fault);
  if (auto fault = make_data_folder(settings.data)) return *std::move(fault);
  auto keys = read_keys(settings);
  if (!keys) return std::move(keys).error();
  raise_file_limit(settings.connections, *logger);

  auto parts = std::make_unique<Parts>();
  parts->address = settings.address;
  auto payments = open_payments(settings, logger);
  if (!payments) return std::move(payments).error();
  parts->payments = std::move(payments).value();
  parts->handlers.payments = parts->payments.get();
  auto ticket_key = read_or_make_ticket_key(std::filesystem::path(settings.data) / "ticket.key");
  if (!ticket_key) return StartFailure{ExitCode::refused, ticket_key.error().text};
  parts->ticket_key = std::move(ticket_key).value();
  parts->handlers.ticket_key = &*parts->ticket_key;
  auto mail = open_mail(settings, *parts->ticket_key, logger);
  if (!mail) return std::move(mail).error();
  parts->mail = std::move(mail).value();
  if (parts->mail) parts->handlers.languages = parts->mail->languages();
  auto webhooks = open_webhooks(settings, logger);
  if (!webhooks) return std::move(webhooks).error();
  parts->webhooks = std::move(webhooks).value();
  auto kafka = open_kafka(settings, logger);
  if (!kafka) return std::move(kafka).error();
  parts->kafka = std::move(kafka).value();
  parts->handlers.webhooks_may_be_local = webhooks_may_be_local(settings);
  parts->handlers.page_url = settings.public_url;
  auto server = http::Server::open(
      {.config = http_config(settings, std::move(keys).value()),
       .routes = parts->routes(),
       .logger = logger});
  if (!server) return StartFailure{ExitCode::address_in_use, server.error().text};
  parts->server = std::move(server).value();
  if (auto fault = parts->open_store(settings, shards_are_asked_for)) return *std::move(fault);
  parts->make_node(settings);
  return std::unique_ptr<NodeProcess>(new NodeProcess(std::move(parts)));
}

void NodeProcess::start() {
  parts_->node->start();
  parts_->server->start(*parts_->node);
  parts_->readiness.set(http::Readiness::State::ready);
}

void NodeProcess::stop() {
  parts_->readiness.set(http::Readiness::State::draining);
  parts_->server->drain();
  parts_->node->stop();
  // What they still owe is answered to actors that are gone, but before their system is.
  parts_->payments.reset();
  parts_->mail.reset();
  parts_->webhooks.reset();
  parts_->kafka.reset();
}

std::string NodeProcess::url() const {
  const auto& address = parts_->address;
  const bool is_v6 = address.find(':') != std::string::npos;
  return fmt::format(
      "http://{}{}{}:{}", is_v6 ? "[" : "", address, is_v6 ? "]" : "", parts_->server->port());
}

std::string_view NodeProcess::data_story() const {
  return parts_->data_is_new ? "new" : "kept";
}

ExitCode exit_code_of(persistence::StoreError::Kind kind) {
  using Kind = persistence::StoreError::Kind;
  switch (kind) {
    case Kind::in_use:
      return ExitCode::data_in_use;
    case Kind::no_space:
      return ExitCode::no_space;
    case Kind::corrupt:
      return ExitCode::data_invalid;
    case Kind::newer_format:
      return ExitCode::newer_format;
    case Kind::mismatch:
      return ExitCode::usage;
    case Kind::io:
      return ExitCode::io;
  }
  return ExitCode::internal;
}

}  // namespace cavea::app
