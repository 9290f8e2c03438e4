#include "tests/process/follower.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/raw_connection.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace cavea::test {

Follower::Follower(Manner manner, std::string admin_token)
    : manner_(manner), token_(std::move(admin_token)) {}

void Follower::follow(const std::string& url, const std::function<bool()>& is_enough) {
  if (manner_ == Manner::by_pages) {
    follow_pages(url, is_enough);
  } else {
    follow_stream(url, is_enough);
  }
}

void Follower::follow_pages(const std::string& url, const std::function<bool()>& is_enough) {
  HttpClient client(url);
  client.use_token(token_);
  while (true) {
    const bool was_enough = is_enough();
    const auto path = cursor_.empty() ? std::string("/v1/changes?from=beginning&limit=7")
                                      : "/v1/changes?limit=7&cursor=" + cursor_;
    const auto answer = client.get(path);
    if (answer.status == 0 || answer.status == 503) return;
    if (answer.status != 200) {
      complaints_.push_back(path + " -> " + std::to_string(answer.status) + " " + answer.body);
      return;
    }
    const auto page = Json::parse(answer.body);
    for (const auto& event : page.at("items")) note(event);
    cursor_ = page.at("next");
    if (was_enough && !page.at("more").get<bool>()) return;
  }
}

void Follower::follow_stream(const std::string& url, const std::function<bool()>& is_enough) {
  try {
    RawConnection connection(url);
    auto request = std::string("GET /v1/changes?from=beginning&limit=7 HTTP/1.1\r\nHost: node\r\n")
                   + "Accept: text/event-stream\r\nAuthorization: Bearer " + token_ + "\r\n";
    if (!cursor_.empty()) request += "Last-Event-ID: " + cursor_ + "\r\n";
    connection.send(request + "\r\n");
    const auto head = connection.read_until("\r\n\r\n");
    if (!head.starts_with("HTTP/1.1 200 ")) {
      if (!head.starts_with("HTTP/1.1 503 ")) complaints_.push_back(head);
      return;
    }
    while (!is_enough()) take(connection.read_until("\n\n"));
  } catch (const std::runtime_error&) {
    // The node is gone.
  }
}

void Follower::take(const std::string& block) {
  std::string_view rest = block;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.starts_with("data: ")) note(Json::parse(line.substr(6)));
    if (line.starts_with("id: ")) cursor_ = line.substr(4);
    if (line.starts_with("event: ")) complaints_.push_back("an end: " + block);
  }
}

void Follower::note(const Json& event) {
  const std::string id = event.at("id");
  const auto [before, is_new] = seen_.emplace(id, event);
  if (!is_new) {
    ++repeated_;
    if (before->second != event) {
      complaints_.push_back("was " + before->second.dump() + "\n now " + event.dump());
    }
    return;
  }
  const auto& data = event.at("data");
  if (!data.contains("version")) return;
  const std::string subject = event.at("subject");
  auto& version = versions_[subject];
  if (data.at("version") != version + 1) {
    complaints_.push_back(
        subject + " had version " + std::to_string(version) + ", then came " + event.dump());
  }
  version = data.at("version");
  if (data.contains("reservation")) {
    reservations_[data.at("reservation")].push_back(event.at("type"));
  }
}

}  // namespace cavea::test
