#include "outbound/payment/payment_json.hpp"

#include "outbound/payment/provider_amount.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace cavea::outbound::payment {

namespace {

using engine::Payment;

/// Members of the provider's objects that somebody here asks for, in alphabetical order.
constexpr std::array<std::string_view, 24> needed_members{
    "amount",
    "amount_captured",
    "amount_received",
    "amount_refunded",
    "api_version",
    "captured",
    "client_secret",
    "code",
    "created",
    "currency",
    "data",
    "error",
    "failure_reason",
    "has_more",
    "id",
    "last_payment_error",
    "latest_charge",
    "message",
    "metadata",
    "object",
    "payment_intent",
    "reservation",
    "status",
    "type"};

static_assert(std::is_sorted(needed_members.begin(), needed_members.end()));

constexpr std::size_t line_bytes_max = 300;

/// The deepest that we ask for is the refund of a payment in an error, at 5.
constexpr std::size_t depth_max = 32;

/// Builds the tree of what is needed from the events of the parser.
class NeededBuilder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }

  bool boolean(bool value) override { return add(value); }

  bool number_integer(number_integer_t value) override { return add(value); }

  bool number_unsigned(number_unsigned_t value) override { return add(value); }

  bool number_float(number_float_t value, const string_t&) override { return add(value); }

  bool string(string_t& value) override { return add(std::move(value)); }

  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Json::object_t()); }

  bool key(string_t& name) override {
    if (skipped_depth_ > 0) return true;
    is_needed_ = std::binary_search(needed_members.begin(), needed_members.end(), name);
    if (is_needed_) key_ = std::move(name);
    return true;
  }

  bool end_object() override { return close(); }

  bool start_array(std::size_t) override { return open(Json::array_t()); }

  bool end_array() override { return close(); }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

  Json take_root() { return std::move(root_); }

 private:
  /// Null when what comes is not needed.
  template <class Value>
  Json* put(Value&& value) {
    if (open_.empty()) {
      root_ = std::forward<Value>(value);
      return &root_;
    }
    auto& parent = *open_.back();
    if (parent.is_array()) return &parent.emplace_back(std::forward<Value>(value));
    if (!is_needed_) return nullptr;
    auto& member = parent[std::move(key_)];
    member = std::forward<Value>(value);
    return &member;
  }

  template <class Value>
  bool add(Value&& value) {
    if (skipped_depth_ == 0) put(std::forward<Value>(value));
    return true;
  }

  template <class Container>
  bool open(Container container) {
    if (skipped_depth_ > 0) {
      ++skipped_depth_;
    } else if (Json* node = put(std::move(container))) {
      open_.push_back(node);
    } else {
      skipped_depth_ = 1;
    }
    return open_.size() + skipped_depth_ <= depth_max;
  }

  bool close() {
    if (skipped_depth_ > 0) {
      --skipped_depth_;
    } else {
      open_.pop_back();
    }
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
  std::string key_;
  bool is_needed_ = true;
  std::size_t skipped_depth_ = 0;  ///< How deep we are in something that is not needed.
};

/// Codes come in small letters. One that ISO 4217 does not have becomes "no currency".
engine::Currency currency_of(const Json& object) {
  auto code = text_of(object, "currency");
  std::transform(code.begin(), code.end(), code.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return engine::Currency::from(code).value_or(engine::Currency{});
}

engine::Timestamp created_at_of(const Json& object) {
  constexpr std::int64_t seconds_max = 253'402'300'799;  // 9999-12-31
  return {
      std::clamp<std::int64_t>(number_of(object, "created").value_or(0), 0, seconds_max) * 1000};
}

std::optional<engine::ReservationId> reservation_of(const Json& object) {
  return engine::ReservationId::from(text_of(member_of(object, "metadata"), "reservation"));
}

/// A payment that nobody paid has no charge, so nothing of it can have gone back. A charge of which
/// only the id came tells nothing.
std::optional<engine::Money> refunded_of(const Json& object, engine::Currency currency) {
  const auto& charge = member_of(object, "latest_charge");
  if (charge.is_null()) return engine::Money{};
  const auto amount = number_of(charge, "amount_refunded");
  if (!amount) return std::nullopt;
  return from_provider(*amount, currency);
}

}  // namespace

Json parse_provider_text(std::string_view text) {
  NeededBuilder builder;
  const bool is_json = Json::sax_parse(text.begin(), text.end(), &builder);
  return is_json ? builder.take_root() : Json(Json::value_t::discarded);
}

const Json& member_of(const Json& object, std::string_view name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string text_of(const Json& object, std::string_view name) {
  const auto& member = member_of(object, name);
  return member.is_string() ? member.get<std::string>() : std::string();
}

std::optional<std::int64_t> number_of(const Json& object, std::string_view name) {
  const auto& member = member_of(object, name);
  if (!member.is_number_integer()) return std::nullopt;
  return member.get<std::int64_t>();
}

std::optional<Payment> read_payment(const Json& object) {
  if (text_of(object, "object") != "payment_intent") return std::nullopt;
  const auto status = engine::payment_status_from(text_of(object, "status"));
  const auto amount = number_of(object, "amount");
  if (!status || !amount) return std::nullopt;
  const auto currency = currency_of(object);
  Payment payment{
      .id = {text_of(object, "id")},
      .client_secret = text_of(object, "client_secret"),
      .status = *status,
      .amount = from_provider(*amount, currency),
      .captured = from_provider(number_of(object, "amount_received").value_or(0), currency),
      .refunded = refunded_of(object, currency),
      .currency = currency,
      .reservation = reservation_of(object),
      .created_at = created_at_of(object),
      .last_error = one_line(text_of(member_of(object, "last_payment_error"), "message"))};
  if (payment.id.value.empty()) return std::nullopt;
  return payment;
}

std::optional<Payment> read_payment_of_charge(const Json& object) {
  if (text_of(object, "object") != "charge") return std::nullopt;
  const auto& intent = member_of(object, "payment_intent");
  const auto id = intent.is_string() ? intent.get<std::string>() : text_of(intent, "id");
  const auto amount = number_of(object, "amount");
  if (id.empty() || !amount) return std::nullopt;
  const auto currency = currency_of(object);
  const bool is_captured = member_of(object, "captured") == true;
  const auto amount_of = [&](std::string_view name) {
    return from_provider(number_of(object, name).value_or(0), currency);
  };
  return Payment{
      .id = {id},
      .client_secret = {},
      .status = is_captured ? engine::PaymentStatus::succeeded : engine::PaymentStatus::canceled,
      .amount = from_provider(*amount, currency),
      .captured = amount_of("amount_captured"),
      .refunded = amount_of("amount_refunded"),
      .currency = currency,
      .reservation = reservation_of(object),
      .created_at = created_at_of(object),
      .last_error = {}};
}

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, line_bytes_max));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
  return line;
}

}  // namespace cavea::outbound::payment
