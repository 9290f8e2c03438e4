#include "tests/http/test_server.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace cavea::http {

namespace {

const std::string secret = "the secret of the server in tests";

void reply_text(Exchange& exchange, unsigned status, std::string_view text) {
  auto response = exchange.make_response(status);
  response.content_type = content_type::text;
  response.body.assign(text);
  exchange.reply(std::move(response));
}

/// "done 7" or "refused <reason>".
void reply_answer(Exchange& exchange, engine::Answer&& answer) {
  if (const auto* refusal = std::get_if<engine::Refusal>(&answer)) {
    reply_text(exchange, 409, "refused " + std::string(engine::name_of(refusal->reason)));
    return;
  }
  reply_text(exchange, 200, "done " + std::to_string(std::get<engine::Done>(answer).version.value));
}

void describe_item(Exchange& exchange) {
  const auto& asked = exchange.request();
  std::string text = "item " + std::string(asked.path_parameters[0]);
  if (const auto color = asked.parameter("color")) text.append(" color ").append(*color);
  reply_text(exchange, 200, text);
}

/// Reads first, then writes, as a change does.
void read_then_write(Exchange& exchange) {
  exchange.query(engine::GetSeats{}, [](Exchange& read, engine::Answer&&) {
    read.submit({}, [](Exchange& written, engine::Answer&& answer) {
      reply_answer(written, std::move(answer));
    });
  });
}

void stream(Exchange& exchange) {
  const auto offering = engine::OfferingId::from(exchange.request().path_parameters[0]);
  const auto last = exchange.request().header("Last-Event-ID");
  exchange.stream_seats(
      offering.value_or(engine::OfferingId{}),
      {last.empty() ? 0 : std::stoull(std::string(last))},
      &reply_answer);
}

}  // namespace

std::vector<Route> TestServer::routes() {
  std::vector<Route> routes =
      operational_routes({readiness, [] { return std::string("cavea_up 1\n"); }});
  const auto add = [&](Method method, std::string pattern, Handler handler, Access access) {
    routes.push_back(
        {.method = method, .pattern = std::move(pattern), .access = access, .handler = handler});
  };
  const auto say = [](std::string text) {
    return [text](Exchange& exchange) { reply_text(exchange, 200, text); };
  };
  const auto echo = [](Exchange& exchange) { reply_text(exchange, 200, exchange.request().body); };
  add(Method::get, "/plain", say("plain"), Access::anyone);
  add(Method::get, "/large", say(std::string(100'000, 'x')), Access::anyone);
  add(Method::get, "/mine", say("mine"), Access::user);
  add(Method::post, "/admin", say("admin"), Access::admin);
  add(Method::post, "/echo", echo, Access::anyone);
  add(Method::get, "/items/{id}", describe_item, Access::anyone);
  add(Method::post, "/change", read_then_write, Access::anyone);
  add(Method::get, "/feeds/{id}", stream, Access::anyone);
  add(
      Method::get,
      "/ask",
      [](Exchange& exchange) { exchange.query(engine::GetSeats{}, &reply_answer); },
      Access::anyone);
  add(
      Method::post,
      "/tell",
      [](Exchange& exchange) { exchange.submit({}, &reply_answer); },
      Access::anyone);
  add(
      Method::get,
      "/throw",
      [](Exchange&) { throw std::runtime_error("on purpose"); },
      Access::anyone);
  return routes;
}

TestServer::TestServer(const Configure& configure, std::vector<Route> more) {
  HttpConfig config;
  config.port = 0;
  config.io_threads = 2;
  config.limits.tick_time = std::chrono::milliseconds(5);
  config.token_keys.push_back({TokenAlgorithm::hs256, secret});
  config.cors_origins = {"https://shop.example"};
  if (configure) configure(config);
  auto all = routes();
  std::move(more.begin(), more.end(), std::back_inserter(all));
  auto opened = Server::open({std::move(config), std::move(all), nullptr});
  if (!opened) throw std::runtime_error(opened.error().text);
  server = std::move(opened).value();
  server->start(bus);
}

TestServer::~TestServer() {
  server->drain();
}

std::string TestServer::url() const {
  return "127.0.0.1:" + std::to_string(server->port());
}

std::string TestServer::exchange(std::string_view bytes) const {
  test::RawConnection connection(url());
  connection.send(bytes);
  return connection.read_to_end();
}

std::string TestServer::token_of(std::string_view user, Role role) {
  constexpr engine::Timestamp begin{1'700'000'000'000};
  constexpr engine::Timestamp end{4'000'000'000'000};
  const TokenKey key{TokenAlgorithm::hs256, secret};
  return make_token(key, {std::string(user), role, begin, end}).value();
}

std::string request(std::string_view method, std::string_view target, std::string_view fields) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(fields);
  return text.append("\r\n");
}

std::string request_with_body(
    std::string_view method,
    std::string_view target,
    std::string_view body,
    std::string_view fields) {
  std::string lines(fields);
  lines.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  return request(method, target, lines).append(body);
}

std::string read_answer(test::RawConnection& connection) {
  auto answer = connection.read_until("\r\n\r\n");
  constexpr std::string_view field = "Content-Length: ";
  const auto at = answer.find(field);
  if (at == std::string::npos) return answer;
  const auto length = std::stoul(answer.substr(at + field.size()));
  return answer + connection.read_bytes(length);
}

}  // namespace cavea::http
