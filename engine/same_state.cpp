#include "engine/offering.hpp"

namespace cavea::engine {

namespace {

bool is_same(const PerformanceTerms& a, const PerformanceTerms& b) {
  return a.seat_map_revision == b.seat_map_revision && a.zone_prices == b.zone_prices
         && a.refuse_single_gaps == b.refuse_single_gaps
         && (a.seat_map == b.seat_map || a.seat_map->parts() == b.seat_map->parts());
}

bool is_same(const ClassTerms& a, const ClassTerms& b) {
  return a.capacity == b.capacity && a.price == b.price;
}

bool is_same(const OfferingDefinition& a, const OfferingDefinition& b) {
  if (kind_of(a) != kind_of(b)) return false;
  const bool has_same_terms = a.performance() != nullptr
                                  ? is_same(*a.performance(), *b.performance())
                                  : is_same(*a.klass(), *b.klass());
  return has_same_terms && a.title == b.title && a.description == b.description
         && a.venue == b.venue && a.time_zone == b.time_zone && a.starts_at == b.starts_at
         && a.ends_at == b.ends_at && a.sale_opens_at == b.sale_opens_at
         && a.sale_closes_at == b.sale_closes_at && a.cancellation_cutoff == b.cancellation_cutoff
         && a.person_limit == b.person_limit && a.refuse_overlaps == b.refuse_overlaps
         && a.hold_time == b.hold_time && a.currency == b.currency;
}

bool is_same(const DefinitionRef& a, const DefinitionRef& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a == b || is_same(*a, *b);
}

bool is_same(const std::unique_ptr<WaitingList>& a, const std::unique_ptr<WaitingList>& b) {
  return a == nullptr || b == nullptr ? a == b : *a == *b;
}

}  // namespace

bool same_state(const Offering& a, const Offering& b) {
  return a.id == b.id && a.status == b.status && a.revision == b.revision && a.version == b.version
         && is_same(a.definition, b.definition) && a.cancel_reason == b.cancel_reason
         && a.places == b.places && a.block_reasons == b.block_reasons
         && a.was_ever_taken == b.was_ever_taken && is_same(a.waiting, b.waiting);
}

}  // namespace cavea::engine
