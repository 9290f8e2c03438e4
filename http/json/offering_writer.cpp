#include "engine/assert.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"
#include "http/time_zone.hpp"

#include <algorithm>
#include <array>

namespace cavea::http::json {

namespace {

using engine::OfferingDefinition;
using engine::SaleState;

constexpr std::array<std::string_view, 6> state_names{
    "upcoming", "on_sale", "sold_out", "closed", "ended", "cancelled"};

/// Left out without steps, as it may be in requests.
void write_refund_policy(Writer& writer, const engine::RefundPolicy& policy) {
  if (policy.empty()) return;
  writer.key("refund_policy").begin_array();
  for (const auto& step : policy) {
    writer.begin_object().key("before_minutes").number(step.before_start.ms / 60'000);
    writer.key("percent").number(step.percent).end_object();
  }
  writer.end_array();
}

void write_definition(Writer& writer, const OfferingDefinition& definition) {
  const auto zone = TimeZone::find(definition.time_zone).value_or(TimeZone::utc());
  writer.key("title").text(definition.title);
  writer.key("description").text(definition.description);
  writer.key("venue").text(definition.venue.view());
  write_time(writer, "starts_at", definition.starts_at, zone);
  write_time(writer, "ends_at", definition.ends_at, zone);
  write_time(writer, "sale_opens_at", definition.sale_opens_at, zone);
  write_time(writer, "sale_closes_at", definition.sale_closes_at, zone);
  writer.key("cancellation_cutoff_minutes").number(definition.cancellation_cutoff.ms / 60'000);
  writer.key("person_limit").number(definition.person_limit);
  writer.key("hold_seconds").number(definition.hold_time.ms / 1'000);
  writer.key("refuse_overlaps").boolean(definition.refuse_overlaps);
  write_refund_policy(writer, definition.refund_policy);
  writer.key("currency").text(definition.currency.view());
  if (const auto* performance = definition.performance()) {
    append_prices(writer.key("prices").place(), *performance);
    writer.done().key("refuse_single_gaps").boolean(performance->refuse_single_gaps);
  } else {
    writer.key("capacity").number(definition.klass()->capacity);
    writer.key("price").number(definition.klass()->price.minor);
  }
  writer.key("kind").text(name_of_kind(kind_of(definition)));
  writer.key("time_zone").text(definition.time_zone);
  if (const auto* performance = definition.performance()) {
    writer.key("seat_map_revision").number(performance->seat_map_revision.value);
  }
}

/// Lower-case letters and digits of `title`, words joined by '-', at most `length_max`.
std::string slug_of(std::string_view title, std::size_t length_max) {
  std::string slug;
  for (const char c : title) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool is_word = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (is_word) {
      slug += lower;
    } else if (!slug.empty() && slug.back() != '-' && c != '\'') {
      slug += '-';
    }
  }
  slug.resize(std::min(slug.size(), length_max));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

}  // namespace

void append_definition(std::string& out, const OfferingDefinition& definition) {
  Writer writer(out);
  writer.begin_object();
  write_definition(writer, definition);
  writer.end_object();
}

void append_counts(std::string& out, const engine::PlaceCounts& counts) {
  Writer writer(out);
  const auto total = std::uint64_t{counts.free} + counts.held + counts.sold + counts.blocked;
  writer.begin_object();
  writer.key("free").number(counts.free).key("held").number(counts.held);
  writer.key("sold").number(counts.sold).key("blocked").number(counts.blocked);
  writer.key("total").number(total).end_object();
}

std::string_view name_of_kind(engine::OfferingKind kind) {
  return kind == engine::OfferingKind::performance ? "performance" : "class";
}

std::string_view name_of_state(SaleState state) {
  return state_names.at(static_cast<std::size_t>(state));
}

std::optional<SaleState> state_named(std::string_view name) {
  const auto found = std::find(state_names.begin(), state_names.end(), name);
  if (found == state_names.end()) return std::nullopt;
  return static_cast<SaleState>(found - state_names.begin());
}

void append_prices(std::string& out, const engine::PerformanceTerms& terms) {
  Writer writer(out);
  writer.begin_object();
  const auto& zones = terms.seat_map->zones();
  for (std::size_t i = 0; i < zones.size(); ++i) {
    writer.key(zones[i].id.view()).number(terms.zone_prices.at(i).minor);
  }
  writer.end_object();
}

void append_offering(std::string& out, const engine::OfferingView& view, engine::Timestamp now) {
  Writer writer(out);
  writer.begin_object().key("id").text(view.id.view());
  write_definition(writer, *view.definition);
  writer.key("status").text(name_of_state(engine::sale_state_of(view, now)));
  if (view.status == engine::OfferingStatus::cancelled) {
    writer.key("cancel_reason").text(view.cancel_reason);
  }
  writer.key("revision").number(view.revision.value);
  writer.key("version").number(view.version.value);
  append_counts(writer.key("places").place(), view.counts);
  writer.done().end_object();
}

engine::OfferingId make_offering_id(const OfferingDefinition& definition, unsigned attempt) {
  // "-2026-12-04-1930" has 16 characters, "-4294967295" eleven.
  constexpr std::size_t slug_max = engine::OfferingId::length_max - 16 - 11;
  const auto zone = TimeZone::find(definition.time_zone).value_or(TimeZone::utc());
  auto text = slug_of(definition.title, slug_max);
  if (text.empty()) text = name_of_kind(kind_of(definition));
  const auto start = format_time(definition.starts_at, zone);
  text.append("-").append(start, 0, 10).append("-").append(start, 11, 2).append(start, 14, 2);
  if (attempt > 1) text.append("-").append(std::to_string(attempt));
  const auto id = engine::OfferingId::from(text);
  CAVEA_ASSERT(id.has_value());
  return *id;
}

void append_progress(std::string& out, const engine::OfferingProgress& progress) {
  Writer writer(out);
  const auto money = [&](std::string_view name, engine::Money amount) {
    writer.key(name).begin_object().key("amount").number(amount.minor);
    writer.key("currency").text(progress.currency.view()).end_object();
  };
  writer.begin_object().key("offering").text(progress.offering.view());
  writer.key("cancelled").boolean(progress.is_cancelled);
  if (progress.is_cancelled) writer.key("cancel_reason").text(progress.reason);
  writer.key("done").boolean(progress.is_done());
  writer.key("reservations").begin_object().key("live").number(progress.live);
  writer.key("given_back").number(progress.given_back).end_object();
  writer.key("refunds").begin_object().key("pending").number(progress.refunds_pending);
  writer.key("done").number(progress.refunds_done);
  money("due", progress.refund_due);
  money("refunded", progress.refunded);
  writer.end_object();
  writer.key("change").begin_object().key("told").number(progress.told);
  writer.key("to_tell").number(progress.to_tell).end_object();
  writer.end_object();
}

}  // namespace cavea::http::json
