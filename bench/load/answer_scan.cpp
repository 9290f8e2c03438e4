#include "bench/load/answer_scan.hpp"

#include "bench/load/json_walker.hpp"

#include <utility>

namespace cavea::bench {
namespace {

/// Collects id and status from the members of a reservation, wherever they stand.
class ReservationFields {
 public:
  /// Takes the value of a member; false: it is not what it should be.
  bool take(JsonWalker& walker, std::string_view name) {
    if (name != "id" && name != "status") return walker.skip();
    std::string_view value;
    if (!walker.take_string(value)) return false;
    if (name == "status") {
      has_status_ = true;
      answer_.status = value;
      answer_.is_confirmed = value == "confirmed";
      return true;
    }
    const auto id = engine::ReservationId::from(value);
    if (!id) return false;
    has_id_ = true;
    answer_.id = *id;
    return true;
  }

  [[nodiscard]] bool is_complete() const noexcept { return has_id_ && has_status_; }

  [[nodiscard]] const ReservationAnswer& answer() const noexcept { return answer_; }

 private:
  ReservationAnswer answer_;
  bool has_id_ = false;
  bool has_status_ = false;
};

bool take_page_items(JsonWalker& walker, std::vector<ReservationAnswer>& items) {
  return walker.array([&] {
    ReservationFields fields;
    const bool is_object =
        walker.object([&](std::string_view name) { return fields.take(walker, name); });
    if (!is_object || !fields.is_complete()) return false;
    items.push_back(fields.answer());
    return true;
  });
}

}  // namespace

std::optional<ReservationAnswer> scan_reservation(std::string_view body) {
  JsonWalker walker(body);
  ReservationFields fields;
  // Cavea writes both first; the rest of the body is not even looked at.
  walker.object(
      [&](std::string_view name) { return fields.take(walker, name) && !fields.is_complete(); });
  if (!fields.is_complete()) return std::nullopt;
  return fields.answer();
}

std::vector<std::string_view> scan_seats(std::string_view body) {
  std::vector<std::string_view> seats;
  JsonWalker walker(body);
  const auto take_place = [&](std::string_view name) {
    std::string_view label;
    if (name != "seat") return walker.skip();
    if (!walker.take_string(label)) return false;
    seats.push_back(label);
    return true;
  };
  const auto take_item = [&](std::string_view name) {
    if (name != "places") return walker.skip();
    return walker.array([&] { return walker.object(take_place); });
  };
  walker.object([&](std::string_view name) {
    if (name != "items") return walker.skip();
    return walker.array([&] { return walker.object(take_item); });
  });
  return seats;
}

std::string_view scan_problem(std::string_view body) {
  constexpr std::string_view prefix = "/problems/";
  std::string_view type;
  JsonWalker walker(body);
  walker.object([&](std::string_view name) {
    if (name != "type") return walker.skip();
    walker.take_string(type);
    return false;
  });
  if (type.starts_with(prefix)) type.remove_prefix(prefix.size());
  return type;
}

std::optional<ReservationPage> scan_page(std::string_view body) {
  ReservationPage page;
  bool has_items = false;
  JsonWalker walker(body);
  const bool is_whole = walker.object([&](std::string_view name) {
    if (name == "items") {
      has_items = true;
      return take_page_items(walker, page.items);
    }
    std::string_view cursor;
    if (name != "next" || !walker.take_string(cursor)) return walker.skip();
    page.next = cursor;
    return true;
  });
  if (!is_whole || !has_items) return std::nullopt;
  return page;
}

}  // namespace cavea::bench
