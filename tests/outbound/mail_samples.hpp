#pragma once

#include "engine/notification.hpp"

#include <cstdint>
#include <string>

namespace cavea::outbound::mail {

/// A performance in London on 4 December 2026 at half past seven, two stalls, EUR 40.00 each.
[[nodiscard]] engine::DefinitionRef sample_performance(const std::string& title = "The Lighthouse");

/// A class in Seoul on 5 December 2026 at half past four in the morning, KRW 45,000.
[[nodiscard]] engine::DefinitionRef sample_class(const std::string& title = "Morning yoga");

/// A reservation of two seats of a performance.
[[nodiscard]] engine::ReservationView sample_reservation(
    engine::DefinitionRef definition,
    engine::ReservationStatus status = engine::ReservationStatus::confirmed);

/// A paid one: a performance, and a class of which a place is the person's.
[[nodiscard]] engine::ReservationView sample_bundle();

/// One of each kind, about `sample_reservation(sample_performance())` or what fits the kind.
[[nodiscard]] engine::Notification sample_notification(engine::NotificationKind kind);

[[nodiscard]] engine::Notification notification_about(
    engine::NotificationKind kind, engine::ReservationView view);

/// Whether `words` are in `text`.
[[nodiscard]] bool says(const std::string& text, const std::string& words);

}  // namespace cavea::outbound::mail
