#include "engine/limits.hpp"
#include "http/json/reservation_codec.hpp"

#include <cstdint>
#include <utility>

namespace cavea::http::json {

namespace {

/// Reads the common form and gives up at everything else: escapes, other alphabets, members that
/// come twice, numbers of more than nine digits. Giving up is never an answer, so it may be lazy.
class ReservationScanner {
 public:
  explicit ReservationScanner(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  std::optional<ReservationInput> scan() {
    if (!take('{') || string() != "items" || !take(':') || !take('[') || !scan_item()) {
      return std::nullopt;
    }
    if (!take(']') || !take('}')) return std::nullopt;
    skip_spaces();
    if (at_ != end_) return std::nullopt;
    return std::move(input_);
  }

 private:
  bool scan_item() {
    if (!take('{')) return false;
    do {
      const auto member = string();
      if (!take(':') || !scan_member(member)) return false;
    } while (take(','));
    return take('}') && has_offering_ && has_claim_;
  }

  bool scan_member(std::string_view member) {
    if (member == "offering") {
      const auto id = engine::OfferingId::from(string());
      if (!id || std::exchange(has_offering_, true)) return false;
      input_.offering = *id;
      return true;
    }
    if (member != "quantity" && member != "seats") return false;
    if (std::exchange(has_claim_, true)) return false;
    return member == "quantity" ? scan_quantity() : scan_seats();
  }

  bool scan_quantity() {
    skip_spaces();
    std::uint32_t number = 0;
    const char* const begin = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9' && at_ - begin < 10) {
      number = number * 10 + static_cast<std::uint32_t>(*at_++ - '0');
    }
    const auto digits = at_ - begin;
    if (digits == 0 || digits > 9 || (digits > 1 && *begin == '0')) return false;
    // A fraction or an exponent fails at the comma or bracket that the caller wants next.
    input_.claim = engine::Quantity{number};
    return true;
  }

  bool scan_seats() {
    engine::NamedSeats claim;
    if (!take('[')) return false;
    do {
      const auto seat = string();
      if (seat.empty() || seat.size() > seat_label_max) return false;
      claim.seats.emplace_back(seat);
    } while (take(',') && claim.seats.size() < engine::limits::places_per_reservation_max);
    if (!take(']')) return false;
    input_.claim = std::move(claim);
    return true;
  }

  void skip_spaces() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool take(char wanted) {
    skip_spaces();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  /// A string of plain ASCII; empty at anything else.
  std::string_view string() {
    if (!take('"')) return {};
    const char* const begin = at_;
    while (at_ != end_ && *at_ >= ' ' && *at_ < 0x7f && *at_ != '"' && *at_ != '\\') ++at_;
    if (at_ == end_ || *at_ != '"') return {};
    return {begin, static_cast<std::size_t>(at_++ - begin)};
  }

  static constexpr std::size_t seat_label_max = 3 * engine::limits::label_length_max + 2;

  const char* at_;
  const char* end_;
  ReservationInput input_;
  bool has_offering_ = false;
  bool has_claim_ = false;
};

}  // namespace

std::optional<ReservationInput> scan_reservation(std::string_view text) {
  return ReservationScanner(text).scan();
}

}  // namespace cavea::http::json
