#include "tests/process/audit.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace cavea::test {

Audit::Audit(const std::string& url, std::string admin_token)
    : client_(url), admin_token_(std::move(admin_token)) {
  client_.use_token(admin_token_);
  reservations_ = all_of("/v1/reservations");
}

std::set<std::string> Audit::ids() const {
  std::set<std::string> ids;
  for (const auto& [id, reservation] : reservations_) ids.insert(id);
  return ids;
}

Json Audit::get(const std::string& path) {
  const auto answer = client_.get(path);
  if (answer.status == 200) return Json::parse(answer.body);
  throw std::runtime_error(
      path + " -> " + std::to_string(answer.status) + " " + answer.error + answer.body);
}

std::map<std::string, Json> Audit::all_of(const std::string& list) {
  std::map<std::string, Json> all;
  std::string cursor;
  while (true) {
    auto page = get(list + "?limit=200" + cursor);
    for (auto& item : page.at("items")) {
      const std::string id = item.at("id");
      if (!all.emplace(id, std::move(item)).second) throw std::runtime_error(id + " comes twice");
    }
    if (page.at("next").is_null()) return all;
    cursor = "&cursor=" + page.at("next").get<std::string>();
  }
}

std::vector<std::string> Audit::compare_with(const std::vector<Shopper>& shoppers) {
  std::vector<std::string> faults;
  auto unexplained = ids();
  for (const auto& shopper : shoppers) {
    for (const auto& [id, known] : shopper.ledger().reservations) {
      unexplained.erase(id);
      const auto found = reservations_.find(id);
      if (found == reservations_.end()) {
        faults.push_back("acknowledged and gone: " + known.dump());
      } else if (found->second != known) {
        faults.push_back("acknowledged " + known.dump() + "\n but has " + found->second.dump());
      }
    }
    client_.use_token(shopper.tokens().user);
    if (all_of("/v1/me/reservations") != shopper.ledger().reservations) {
      faults.push_back("the own page of " + shopper.name() + " has something else");
    }
  }
  client_.use_token(admin_token_);
  for (const auto& id : unexplained) {
    faults.push_back("nobody knows of " + reservations_.at(id).dump());
  }
  return faults;
}

std::vector<std::string> Audit::check_told(const std::vector<Shopper>& shoppers) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (;;) {
    auto faults = faults_of_told(shoppers);
    if (faults.empty() || std::chrono::steady_clock::now() > until) return faults;
  }
}

std::vector<std::string> Audit::faults_of_told(const std::vector<Shopper>& shoppers) {
  std::vector<std::string> faults;
  for (const auto& shopper : shoppers) {
    client_.use_token(shopper.tokens().user);
    std::map<std::string, int> confirmed;
    std::map<std::string, int> cancelled;
    for (const auto& [id, told] : all_of("/v1/me/notifications")) {
      const std::string about = told.at("reservation");
      const std::string kind = told.at("kind");
      ++(kind == "reservation_confirmed" ? confirmed : cancelled)[about];
      if (shopper.ledger().reservations.count(about) == 0) {
        faults.push_back(shopper.name() + " was told of what is not theirs: " + told.dump());
      }
    }
    for (const auto& [id, known] : shopper.ledger().reservations) {
      const std::string status = known.at("status");
      // What was cancelled may have been held or sold before.
      const bool is_right_sold = status == "confirmed"   ? confirmed[id] == 1
                                 : status == "cancelled" ? confirmed[id] <= 1
                                                         : confirmed[id] == 0;
      const bool is_right_cancelled = status == "cancelled" ? cancelled[id] >= 1 : true;
      if (is_right_sold && is_right_cancelled) continue;
      faults.push_back(
          shopper.name() + " was told " + std::to_string(confirmed[id]) + " times of the sale and "
          + std::to_string(cancelled[id]) + " times of the end of " + known.dump());
    }
  }
  client_.use_token(admin_token_);
  return faults;
}

std::vector<std::string> Audit::check_places(const Sale& sale) {
  std::vector<std::string> faults;
  for (const auto& id : sale.classes) check_class(id, faults);
  for (const auto& id : sale.plays) check_play(id, faults);
  return faults;
}

void Audit::check_class(const std::string& id, std::vector<std::string>& faults) {
  int sold = 0;
  for (const auto& [name, reservation] : reservations_) {
    const auto& item = reservation.at("items").at(0);
    if (item.at("offering") == id) sold += item.at("quantity").get<int>();
  }
  check_counts(get("/v1/classes/" + id), 0, sold, faults);
}

void Audit::check_play(const std::string& id, std::vector<std::string>& faults) {
  std::map<std::string, std::string> taken;
  int held = 0;
  int sold = 0;
  for (const auto& [name, reservation] : reservations_) {
    const auto& item = reservation.at("items").at(0);
    if (item.at("offering") != id) continue;
    for (const auto& place : item.at("places")) {
      const std::string status = place.at("status");
      if (status == "given_back") continue;
      ++(status == "held" ? held : sold);
      const std::string seat = place.at("seat");
      if (!taken.emplace(seat, status).second) faults.push_back(id + " sold " + seat + " twice");
    }
  }
  const auto states = get("/v1/performances/" + id + "/seats?map=false").at("states");
  if (states != Json(taken)) {
    faults.push_back(id + " shows " + states.dump() + "\n but sold " + Json(taken).dump());
  }
  check_counts(get("/v1/performances/" + id), held, sold, faults);
}

void Audit::check_counts(
    const Json& offering, int held, int sold, std::vector<std::string>& faults) const {
  const auto& places = offering.at("places");
  const int total = offering.contains("capacity") ? offering.at("capacity").get<int>()
                                                  : Sale::rows * Sale::seats_per_row;
  const Json expected = {
      {"free", total - held - sold},
      {"held", held},
      {"sold", sold},
      {"blocked", 0},
      {"total", total}};
  if (places != expected) {
    faults.push_back(
        offering.at("id").get<std::string>() + " counts " + places.dump() + "\n but has "
        + expected.dump());
  }
  for (const auto& [id, reservation] : reservations_) {
    const bool is_of = reservation.at("items").at(0).at("offering") == offering.at("id");
    if (is_of && reservation.at("version") > offering.at("version")) {
      faults.push_back("newer than its offering: " + reservation.dump());
    }
  }
}

}  // namespace cavea::test
