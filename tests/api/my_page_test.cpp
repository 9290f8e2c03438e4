#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

namespace cavea::test {
namespace {

/// What my page says of a reservation; "missing" when it does not show it.
std::string shown(Caller& who, const std::string& reservation) {
  const auto page = who.get("/v1/me/reservations?limit=5");
  for (const auto& item : page.json.at("items")) {
    if (item.at("id") == reservation) return item.at("status").get<std::string>();
  }
  return "missing";
}

/// Reserves and cancels, and looks at my page right after each answer; what it should not have
/// shown.
std::vector<std::string> surprises(const std::string& offering, const std::string& name) {
  constexpr int rounds = 50;
  std::vector<std::string> found;
  auto who = user(name);
  auto other_connection = user(name);
  const auto expect = [&](const std::string& reservation, const std::string& status) {
    for (auto* reader : {&who, &other_connection}) {
      const auto seen = shown(*reader, reservation);
      if (seen != status) found.push_back(reservation + " " + seen + ", not " + status);
    }
  };
  for (int i = 0; i < rounds; ++i) {
    const auto made = who.reserve({{"offering", offering}, {"quantity", 1}});
    if (made.status != 201) {
      found.push_back(made.body);
      continue;
    }
    const auto id = made.json.at("id").get<std::string>();
    expect(id, "confirmed");
    who.remove("/v1/reservations/" + id);
    expect(id, "cancelled");
  }
  return found;
}

TEST_CASE("my page shows what was acknowledged, at once and on every connection") {
  const auto offering = make_class({{"capacity", 10}});
  constexpr std::size_t people = 4;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < people; ++i) {
    names.push_back(unique("reader"));
    // Made here: the world makes tokens for one thread at a time.
    static_cast<void>(user(names.back()));
  }
  std::vector<std::vector<std::string>> found(people);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < people; ++i) {
    threads.emplace_back([&, i] { found[i] = surprises(offering, names[i]); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& of_one : found) {
    for (const auto& surprise : of_one) FAIL_CHECK(surprise);
  }
}

}  // namespace
}  // namespace cavea::test
