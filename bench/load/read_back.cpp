#include "bench/load/read_back.hpp"

#include "bench/load/answer_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace cavea::bench {
namespace {

/// The largest page that the API gives.
constexpr unsigned page_limit = 200;

using Ids = std::vector<engine::ReservationId>;

/// Sorts; says how many stood there again.
std::uint64_t make_unique(Ids& ids) {
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  const auto count = static_cast<std::uint64_t>(repeated.size());
  ids.erase(repeated.begin(), repeated.end());
  return count;
}

/// Appends the confirmed reservations of one page; gives the cursor of the next.
engine::Result<std::string, Trouble> read_page(ApiClient& api, const std::string& path, Ids& ids) {
  const auto answer = api.get(path);
  if (!answer) return answer.error();
  auto page = answer->status == 200 ? scan_page(answer->body) : std::nullopt;
  if (!page) return unexpected_answer("GET " + path, answer.value());
  for (const auto& item : page->items) {
    if (item.is_confirmed) ids.push_back(item.id);
  }
  return std::move(page->next);
}

}  // namespace

ReadBack compare(Ids acknowledged, Ids listed) {
  ReadBack result;
  result.acknowledged = acknowledged.size();
  result.repeated = make_unique(acknowledged);
  make_unique(listed);
  Ids found;
  std::ranges::set_intersection(acknowledged, listed, std::back_inserter(found));
  result.verified = found.size();
  result.missing = acknowledged.size() - found.size();
  result.unexpected = listed.size() - found.size();
  return result;
}

engine::Result<ReadBack, Trouble> read_back(
    ApiClient& api,
    const std::vector<std::string>& offerings,
    Ids acknowledged,
    const Progress& progress) {
  Ids listed;
  listed.reserve(acknowledged.size());
  auto say_at = Clock::now() + std::chrono::seconds(1);
  for (const auto& offering : offerings) {
    std::string cursor;
    do {
      auto path = fmt::format("/v1/reservations?offering={}&limit={}", offering, page_limit);
      if (!cursor.empty()) path += "&cursor=" + cursor;
      auto next = read_page(api, path, listed);
      if (!next) return next.error();
      cursor = *std::move(next);
      if (Clock::now() < say_at) continue;
      progress.say(fmt::format("reading back: {} of {}", listed.size(), acknowledged.size()));
      say_at += std::chrono::seconds(1);
    } while (!cursor.empty());
  }
  return compare(std::move(acknowledged), std::move(listed));
}

}  // namespace cavea::bench
