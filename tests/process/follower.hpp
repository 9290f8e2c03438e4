#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cavea::test {

using Json = nlohmann::json;

/// A program outside that follows `/v1/changes` of a node that is killed again and again: page by
/// page, or as a stream. Keeps what it needs to go on in memory, and complains of what must not be:
/// an event left out, out of order, or not the same as before. Of one thread at a time.
class Follower {
 public:
  enum class Manner { by_pages, by_stream };

  Follower(Manner manner, std::string admin_token);

  /// Follows until the node is gone, or has nothing more to tell when `is_enough` says so.
  void follow(const std::string& url, const std::function<bool()>& is_enough);

  /// The newest version of each performance and class.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& versions() const { return versions_; }

  /// Events of each reservation, by id: their types in order.
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& reservations() const {
    return reservations_;
  }

  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

  [[nodiscard]] std::size_t events() const { return seen_.size(); }

  /// Events that were given more than once, as they may be.
  [[nodiscard]] int repeated() const { return repeated_; }

 private:
  void follow_pages(const std::string& url, const std::function<bool()>& is_enough);
  void follow_stream(const std::string& url, const std::function<bool()>& is_enough);
  void take(const std::string& block);
  void note(const Json& event);

  Manner manner_;
  std::string token_;
  std::string cursor_;  ///< Empty: from the beginning.
  std::map<std::string, Json> seen_;
  std::map<std::string, std::uint64_t> versions_;
  std::map<std::string, std::vector<std::string>> reservations_;
  std::vector<std::string> complaints_;
  int repeated_ = 0;
};

}  // namespace cavea::test
