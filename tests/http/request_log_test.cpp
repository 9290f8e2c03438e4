#include "http/request_log.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

namespace cavea::http {

namespace {

/// What a request for `path` leaves in the log.
std::string logged(std::string_view path, LogFormat format = LogFormat::logfmt) {
  std::ostringstream out;
  auto logger = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
  logger->set_pattern("%v");
  RequestLog log({.format = format}, logger);
  RequestLine line;
  line.method = "GET";
  line.path = path;
  line.route = "/v1/calendars/{name}";
  line.status = 200;
  line.request_id = "1";
  log.write(line, {1'790'000'000'000});
  logger->flush();
  return out.str();
}

}  // namespace

TEST_CASE("the address of a calendar, and what is nearly one, leaves no secret in the log") {
  for (const auto format : {LogFormat::logfmt, LogFormat::json}) {
    for (const auto* path :
         {"/v1/calendars/eyJhbGciOi.SECRET.x.ics",
          "/v1/calendars/eyJhbGciOi.SECRET.x.ics/",
          "/v1//calendars/eyJhbGciOi.SECRET.x",
          "/api/v1/calendars/eyJhbGciOi.SECRET.x.ics"}) {
      const auto line = logged(path, format);
      CAPTURE(line);
      CHECK(line.find("SECRET") == std::string::npos);
      CHECK(line.find("calendars/") != std::string::npos);
    }
  }
  CHECK(logged("/v1/venues/mill").find("path=/v1/venues/mill ") != std::string::npos);
}

}  // namespace cavea::http
