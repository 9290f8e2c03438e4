#include "engine/check_in.hpp"

#include <algorithm>

namespace cavea::engine {

std::string_view name_of(Passage passage) {
  return passage == Passage::exit ? "exit" : "entry";
}

std::optional<Passage> passage_from(std::string_view name) {
  for (const auto passage : {Passage::entry, Passage::exit}) {
    if (name == name_of(passage)) return passage;
  }
  return std::nullopt;
}

const Scan* find_scan(const TicketUse& use, std::string_view nonce) {
  const auto found = std::ranges::find(use.scans, nonce, &Scan::nonce);
  return found == use.scans.end() ? nullptr : &*found;
}

Result<TicketUse, Refusal> use_ticket(const TicketUse& use, const Scan& scan) {
  if (const auto* earlier = find_scan(use, scan.nonce)) {
    if (earlier->passage != scan.passage) return Refusal(Rejection::check_in_nonce_reused);
    return use;
  }
  const bool is_entry = scan.passage == Passage::entry;
  if (is_entry == use.is_inside) {
    Refusal refusal(is_entry ? Rejection::ticket_is_inside : Rejection::ticket_is_outside);
    if (!use.scans.empty()) refusal.at = use.scans.back().at;
    return refusal;
  }
  auto after = use;
  after.is_inside = is_entry;
  if (is_entry) ++after.entries;
  if (after.scans.size() >= TicketUse::scans_max) after.scans.erase(after.scans.begin());
  after.scans.push_back(scan);
  return after;
}

CheckIns count_use(CheckIns counts, const TicketUse& before, const TicketUse& after) {
  if (after.is_inside && !before.is_inside) ++counts.inside;
  if (before.is_inside && !after.is_inside && counts.inside > 0) --counts.inside;
  if (before.entries == 0 && after.entries > 0) ++counts.entered;
  return counts;
}

}  // namespace cavea::engine
