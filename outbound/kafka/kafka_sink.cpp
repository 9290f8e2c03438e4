#include "outbound/kafka/kafka_sink.hpp"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <array>
#include <optional>
#include <utility>

namespace cavea::outbound::kafka {

namespace {

constexpr const char* content_type = "application/cloudevents+json; charset=UTF-8";

/// How long the thread waits for something to tell.
constexpr int poll_ms = 100;

/// For what is on its way when the sink ends.
constexpr int flush_ms = 2'000;

/// Before a producer that gave up is replaced.
constexpr std::chrono::milliseconds pause_anew{1'000};

/// What must be so that nothing is lost, doubled or in another order; without an end to trying,
/// since whoever sends would begin again anyway.
constexpr std::array<std::pair<const char*, const char*>, 4> fixed{{
    {"enable.idempotence", "true"},
    {"acks", "all"},
    {"message.timeout.ms", "0"},
    {"delivery.report.only.error", "false"},
}};

/// What a file may change.
constexpr std::array<std::pair<const char*, const char*>, 3> defaults{{
    {"client.id", "cavea"},
    {"linger.ms", "5"},
    {"queue.buffering.max.kbytes", "65536"},
}};

struct DestroyConf {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};

using Conf = std::unique_ptr<rd_kafka_conf_t, DestroyConf>;

/// What is wrong; values may be secrets and are left out.
std::optional<std::string> set(Conf& conf, const std::string& name, const std::string& value) {
  std::array<char, 512> why{};
  const auto result =
      rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size());
  if (result == RD_KAFKA_CONF_OK) return std::nullopt;
  if (result == RD_KAFKA_CONF_UNKNOWN) return fmt::format("{}: there is no such property", name);
  return fmt::format("{}: its value cannot be used", name);
}

bool is_fixed(const std::string& name) {
  for (const auto& [fixed_name, value] : fixed) {
    if (name == fixed_name) return true;
  }
  // Another name of the same.
  return name == "delivery.timeout.ms" || name == "request.required.acks";
}

}  // namespace

/// Answered when the last of its messages is, and its sender is done.
struct KafkaSink::Batch {
  engine::SinkContinuation then;
  std::atomic<std::size_t> left{0};
  std::mutex mutex{};  ///< For the fault.
  std::string fault{};

  void note(std::string what) {
    const std::lock_guard lock(mutex);
    if (fault.empty()) fault = std::move(what);
  }

  static void settle(Batch* batch, std::size_t count) {
    if (batch->left.fetch_sub(count) != count) return;
    const std::unique_ptr<Batch> done(batch);
    const bool is_taken = done->fault.empty();
    done->then({.is_taken = is_taken, .detail = std::move(done->fault)});
  }
};

void KafkaSink::Destroy::operator()(rd_kafka_s* producer) const {
  rd_kafka_destroy(producer);
}

engine::Result<std::unique_ptr<KafkaSink>, std::string> KafkaSink::open(
    Settings settings, std::shared_ptr<spdlog::logger> logger) {
  std::unique_ptr<KafkaSink> sink(new KafkaSink(std::move(settings), std::move(logger)));
  auto producer = sink->make_producer();
  if (!producer) return std::move(producer.error());
  sink->producer_ = std::move(producer).value();
  sink->thread_ = std::thread([&self = *sink] { self.run(); });
  pthread_setname_np(sink->thread_.native_handle(), "cavea-kafka");
  return sink;
}

KafkaSink::KafkaSink(Settings settings, std::shared_ptr<spdlog::logger> logger)
    : settings_(std::move(settings)), logger_(std::move(logger)) {}

KafkaSink::~KafkaSink() {
  is_stopping_ = true;
  if (thread_.joinable()) thread_.join();
  end_producer();
}

engine::Result<KafkaSink::Producer, std::string> KafkaSink::make_producer() {
  Conf conf(rd_kafka_conf_new());
  const auto set_all = [&conf](const auto& properties) -> std::optional<std::string> {
    for (const auto& [name, value] : properties) {
      if (auto fault = set(conf, name, value)) return fault;
    }
    return std::nullopt;
  };
  for (const auto& [name, value] : settings_.properties) {
    if (is_fixed(name)) {
      return fmt::format("{}: is not to be changed: nothing may be lost or doubled", name);
    }
  }
  if (auto fault = set_all(defaults)) return *std::move(fault);
  if (auto fault = set_all(settings_.properties)) return *std::move(fault);
  if (auto fault = set_all(fixed)) return *std::move(fault);
  if (auto fault = set(conf, "bootstrap.servers", settings_.brokers)) return *std::move(fault);
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), &KafkaSink::on_delivered);
  rd_kafka_conf_set_error_cb(conf.get(), &KafkaSink::on_error);
  rd_kafka_conf_set_log_cb(conf.get(), &KafkaSink::on_log);
  std::array<char, 512> why{};
  auto* made = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why.data(), why.size());
  if (made == nullptr) return std::string(why.data());
  // It belongs to the producer now.
  static_cast<void>(conf.release());
  return Producer(made);
}

// ---- Sending ------------------------------------------------------------------------------------

void KafkaSink::send(std::vector<engine::SinkEvent> batch, engine::SinkContinuation then) noexcept {
  auto* sent = new Batch{.then = std::move(then)};
  sent->left = batch.size() + 1;  // One for this call.
  std::size_t produced = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& event : batch) {
      auto fault = produce(event, sent);
      if (!fault.empty()) {
        // What follows would come before it.
        sent->note(std::move(fault));
        break;
      }
      ++produced;
    }
  }
  Batch::settle(sent, batch.size() - produced + 1);
}

/// Empty: it is on its way.
std::string KafkaSink::produce(const engine::SinkEvent& event, Batch* batch) {
  if (producer_ == nullptr) return "The producer begins anew.";
  const auto code = rd_kafka_producev(
      producer_.get(),
      RD_KAFKA_V_TOPIC(settings_.topic.c_str()),
      RD_KAFKA_V_KEY(event.key.data(), event.key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(event.body.data()), event.body.size()),
      RD_KAFKA_V_HEADER("content-type", content_type, -1),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_OPAQUE(batch),
      RD_KAFKA_V_END);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? std::string() : rd_kafka_err2str(code);
}

void KafkaSink::on_delivered(rd_kafka_s*, const rd_kafka_message_s* message, void* /*self*/) {
  auto* batch = static_cast<Batch*>(message->_private);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) batch->note(rd_kafka_err2str(message->err));
  Batch::settle(batch, 1);
}

// ---- The thread ---------------------------------------------------------------------------------

void KafkaSink::run() {
  while (!is_stopping_) {
    if (has_given_up_) begin_anew();
    // Nobody else replaces it.
    if (producer_ != nullptr) rd_kafka_poll(producer_.get(), poll_ms);
  }
}

/// An idempotent producer that cannot keep its promise any more does nothing further.
void KafkaSink::begin_anew() {
  end_producer();
  std::this_thread::sleep_for(pause_anew);
  auto producer = make_producer();
  if (!producer) return;  // As it was at the start; no memory, perhaps.
  const std::lock_guard lock(mutex_);
  producer_ = std::move(producer).value();
  has_given_up_ = false;
}

void KafkaSink::end_producer() {
  Producer last;
  {
    const std::lock_guard lock(mutex_);
    last = std::move(producer_);
  }
  if (last == nullptr) return;
  if (!has_given_up_) rd_kafka_flush(last.get(), flush_ms);
  rd_kafka_purge(last.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  // Tells of what was purged.
  rd_kafka_flush(last.get(), flush_ms);
}

void KafkaSink::on_error(rd_kafka_s* producer, int code, const char* reason, void* self) {
  auto& sink = *static_cast<KafkaSink*>(self);
  const bool is_fatal = code == RD_KAFKA_RESP_ERR__FATAL;
  if (is_fatal) {
    std::array<char, 512> why{};
    rd_kafka_fatal_error(producer, why.data(), why.size());
    if (sink.logger_) sink.logger_->error("event=kafka_gave_up reason=\"{}\"", why.data());
    sink.has_given_up_ = true;
  } else if (sink.logger_) {
    const auto error = static_cast<rd_kafka_resp_err_t>(code);
    sink.logger_->warn(
        "event=kafka_trouble error={} reason=\"{}\"", rd_kafka_err2name(error), reason);
  }
}

void KafkaSink::on_log(const rd_kafka_s* producer, int level, const char* about, const char* text) {
  // As syslog counts: 3 and less are errors, which `on_error` tells, too.
  constexpr int warning = 4;
  const auto* sink = static_cast<const KafkaSink*>(rd_kafka_opaque(producer));
  if (sink != nullptr && sink->logger_ && level <= warning) {
    sink->logger_->warn("event=kafka_log about={} text=\"{}\"", about, text);
  }
}

}  // namespace cavea::outbound::kafka
