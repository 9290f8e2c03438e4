#pragma once

#include "engine/definition.hpp"

#include <array>
#include <span>
#include <string_view>

namespace cavea::http::json {

/// Members of an offering that an administrator writes; the last two belong to its kind.
inline constexpr std::array<std::string_view, 17> performance_members{
    "id",
    "title",
    "description",
    "venue",
    "starts_at",
    "ends_at",
    "sale_opens_at",
    "sale_closes_at",
    "cancellation_cutoff_minutes",
    "person_limit",
    "hold_seconds",
    "refuse_overlaps",
    "refund_policy",
    "currency",
    "kind",
    "prices",
    "refuse_single_gaps"};

inline constexpr std::array<std::string_view, 17> class_members{
    "id",
    "title",
    "description",
    "venue",
    "starts_at",
    "ends_at",
    "sale_opens_at",
    "sale_closes_at",
    "cancellation_cutoff_minutes",
    "person_limit",
    "hold_seconds",
    "refuse_overlaps",
    "refund_policy",
    "currency",
    "kind",
    "capacity",
    "price"};

/// Members that only answers have. A patch may say `"seat_map_revision": "latest"`.
inline constexpr std::array<std::string_view, 7> computed_members{
    "time_zone", "seat_map_revision", "status", "revision", "version", "places", "cancel_reason"};

[[nodiscard]] inline std::span<const std::string_view> members_of(engine::OfferingKind kind) {
  if (kind == engine::OfferingKind::performance) return performance_members;
  return class_members;
}

}  // namespace cavea::http::json
