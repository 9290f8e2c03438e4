#pragma once

#include "engine/command_bus.hpp"
#include "http/admission.hpp"
#include "http/compression.hpp"
#include "http/cors.hpp"
#include "http/http_config.hpp"
#include "http/pending_answers.hpp"
#include "http/probe.hpp"
#include "http/request_log.hpp"
#include "http/response_writer.hpp"
#include "http/router.hpp"
#include "http/seat_feed.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace cavea::http {

class Session;

// Sessions are counted without atomics: a session never leaves its I/O thread.
void intrusive_ptr_add_ref(Session* session) noexcept;
void intrusive_ptr_release(Session* session) noexcept;
using SessionRef = boost::intrusive_ptr<Session>;

/// A session that waits for an answer of the bus, and what it will do with it.
struct Waiter {
  SessionRef session;
  Continuation then;
};

/// What all I/O threads of a server share; immutable but for the count.
struct SharedParts {
  HttpConfig config;
  Router router;
  Cors cors;
  std::shared_ptr<spdlog::logger> logger;
  std::atomic<std::uint32_t> connections{0};

  SharedParts(HttpConfig configured, std::vector<Route> routes, std::shared_ptr<spdlog::logger> log)
      : config(std::move(configured)),
        router(std::move(routes)),
        cors(config.cors_origins),
        logger(std::move(log)) {}
};

/// What the sessions of one I/O thread share. Touched by that thread only.
struct SessionHost {
  SessionHost(
      SharedParts& parts,
      engine::CommandBus& command_bus,
      engine::AnswerSink& answer_sink,
      Probe& thread_probe,
      std::uint32_t id_prefix)
      : shared(parts),
        limits(parts.config.limits),
        bus(command_bus),
        sink(answer_sink),
        probe(thread_probe),
        admission(parts.router, parts.config.token_keys, id_prefix),
        log(parts.config.request_log, parts.logger),
        feeds(command_bus, answer_sink, thread_probe, limits.feed_linger_time) {}

  SharedParts& shared;
  const HttpLimits& limits;
  engine::CommandBus& bus;
  engine::AnswerSink& sink;
  Probe& probe;
  Admission admission;
  Gzip gzip;
  ResponseWriter writer;
  RequestLog log;
  PendingAnswers<Waiter> pending;
  SeatFeeds feeds;

  std::vector<Session*> sessions;  ///< Those that are open; each knows its position.
  bool is_draining = false;

  /// Read when something happens, for all that follows from it: deadlines are coarse.
  std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();

  /// Where input goes that nobody wants.
  std::array<char, 4096> discarded{};
};

}  // namespace cavea::http
