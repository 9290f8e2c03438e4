#include "engine/notification_id.hpp"

namespace cavea::engine {

std::string_view name_of(NotificationKind kind) noexcept {
  switch (kind) {
    case NotificationKind::reservation_confirmed:
      return "reservation_confirmed";
    case NotificationKind::reservation_cancelled:
      return "reservation_cancelled";
    case NotificationKind::reservation_expired:
      return "reservation_expired";
    case NotificationKind::reservation_refunded:
      return "reservation_refunded";
    case NotificationKind::reservation_changed:
      return "reservation_changed";
    case NotificationKind::waiting_offer:
      return "waiting_offer";
    case NotificationKind::waiting_ended:
      return "waiting_ended";
    case NotificationKind::reminder:
      return "reminder";
    case NotificationKind::exchange_expired:
      return "exchange_expired";
  }
  return "";
}

}  // namespace cavea::engine
