#include "engine/command_bus.hpp"

namespace cavea::engine {

SaleState sale_state_of(const OfferingView& view, Timestamp now) {
  if (view.status == OfferingStatus::cancelled) return SaleState::cancelled;
  const auto& definition = *view.definition;
  if (now >= definition.ends_at) return SaleState::ended;
  if (now < definition.sale_opens_at) return SaleState::upcoming;
  if (now >= definition.sale_closes_at) return SaleState::closed;
  return view.counts.free == 0 ? SaleState::sold_out : SaleState::on_sale;
}

}  // namespace cavea::engine
