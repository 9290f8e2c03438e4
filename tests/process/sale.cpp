#include "tests/process/sale.hpp"

#include "tests/support/http_client.hpp"

#include <stdexcept>

namespace cavea::test {
namespace {

constexpr auto venue_id = "old-mill";

Json venue() {
  auto rows = Json::array();
  for (int row = 1; row <= Sale::rows; ++row) {
    auto seats = Json::array();
    for (int number = 1; number <= Sale::seats_per_row; ++number) {
      seats.push_back(
          {{"number", std::to_string(number)}, {"zone", "house"}, {"x", number}, {"y", 5 + row}});
    }
    rows.push_back({{"label", "R" + std::to_string(row)}, {"seats", std::move(seats)}});
  }
  return {
      {"id", venue_id},
      {"name", "The Old Mill"},
      {"time_zone", "Europe/Berlin"},
      {"seat_map",
       {{"focal_point", {{"x", Sale::seats_per_row / 2}, {"y", 0}}},
        {"zones", {{{"id", "house"}, {"name", "House"}}}},
        {"sections", {{{"id", "stalls"}, {"name", "Stalls"}, {"rows", std::move(rows)}}}}}}};
}

Json offering(const std::string& id, const Json& terms) {
  Json body = {
      {"id", id},
      {"title", "Sold under " + id},
      {"venue", venue_id},
      {"starts_at", "2031-03-01T20:00:00"},
      {"currency", "EUR"},
      {"hold_seconds", 86'400}};
  body.update(terms);
  return body;
}

}  // namespace

std::string seat_label(int row, int number) {
  return "stalls-R" + std::to_string(row) + "-" + std::to_string(number);
}

void Sale::create(const std::string& url, const std::string& admin_token) const {
  HttpClient client(url);
  client.use_token(admin_token);
  const auto post = [&](const char* path, const Json& body) {
    const auto answer = client.post(path, body.dump());
    if (answer.status != 201) throw std::runtime_error(std::string(path) + ": " + answer.body);
  };
  const auto seated = [](int price) {
    return Json{{"prices", {{"house", price}}}, {"refuse_single_gaps", false}};
  };
  post("/v1/venues", venue());
  post("/v1/classes", offering(classes[0], {{"capacity", 100'000}, {"price", 0}}));
  post("/v1/classes", offering(classes[1], {{"capacity", 25}, {"price", 0}}));
  post("/v1/performances", offering(plays[0], seated(0)));
  post("/v1/performances", offering(plays[1], seated(4500)));
}

}  // namespace cavea::test
