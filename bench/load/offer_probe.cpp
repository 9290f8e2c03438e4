#include "bench/load/offer_probe.hpp"

#include "bench/load/offering_creation.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <thread>

namespace cavea::bench {
namespace {

using Json = nlohmann::json;

/// Between two rounds, so that they are no load themselves.
constexpr std::chrono::milliseconds pause{20};

/// An offer that takes longer than this is not one made at once.
constexpr std::chrono::seconds time_max{10};

/// The member `name` of an answer that is as it should be; else the trouble.
engine::Result<std::string, Trouble> text_in(
    const std::string& what,
    const engine::Result<Answer, Trouble>& answer,
    unsigned status,
    const char* name) {
  if (!answer) return answer.error();
  const auto body = Json::parse(answer->body, nullptr, false);
  if (answer->status != status || !body.is_object() || !body.contains(name)) {
    return unexpected_answer(what, answer.value());
  }
  return body[name].get<std::string>();
}

}  // namespace

OfferProbe::OfferProbe(const Stage& stage)
    : stage_(stage),
      class_(stage.prefix + "-waited-for"),
      holder_(stage.client_of(0, "holder")),
      waiter_(stage.client_of(1, "waiter")) {}

std::optional<Trouble> OfferProbe::prepare() {
  const auto venue = stage_.prefix + "-waiting-room";
  if (auto trouble = create_venue(stage_, venue, Json())) return trouble;
  return create_offerings(stage_, "/v1/classes", {class_body(class_, venue, 1)});
}

void OfferProbe::start() {
  loop_.start([this] { return round(); });
}

std::optional<Trouble> OfferProbe::round() {
  std::this_thread::sleep_for(pause);
  const Json items = Json::array({{{"offering", class_}, {"quantity", 1}}});
  const auto reservation =
      text_in("reserving", holder_.post("/v1/reservations", {{"items", items}}), 201, "id");
  if (!reservation) return reservation.error();
  const Json wanted{{"offerings", {class_}}, {"party_size", 1}};
  const auto wish = text_in("waiting", waiter_.post("/v1/waiting-list", wanted), 201, "id");
  if (!wish) return wish.error();

  const auto since = Clock::now();
  const auto cancelled = text_in(
      "cancelling",
      holder_.post("/v1/reservations/" + reservation.value() + "/cancellation", Json::object()),
      200,
      "status");
  if (!cancelled) return cancelled.error();
  if (auto trouble = wait_for_offer(wish.value(), since)) return trouble;
  const auto declined = text_in(
      "declining",
      waiter_.post("/v1/reservations/" + wish.value() + "/cancellation", Json::object()),
      200,
      "status");
  return declined ? std::nullopt : std::optional(declined.error());
}

std::optional<Trouble> OfferProbe::wait_for_offer(const std::string& wish, TimePoint since) {
  const auto path = "/v1/waiting-list/" + wish;
  for (;;) {
    const auto status = text_in("GET " + path, waiter_.get(path), 200, "status");
    if (!status) return status.error();
    const auto time = Clock::now() - since;
    if (status.value() == "granted") {
      visible_.record(nanoseconds_of(time));
      return std::nullopt;
    }
    if (time > time_max) return Trouble{"no offer was made in 10 s for a place that is free"};
  }
}

}  // namespace cavea::bench
