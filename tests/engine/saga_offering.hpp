#pragma once

#include "engine/decide.hpp"
#include "engine/saga.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cavea::engine::testing {

/// A place that was given back, alone or with its whole reservation.
struct GivenBackPlace {
  ReservationId reservation;
  Place place;
  Money price;
  bool was_sold = false;
  Cause cause = Cause::user;
  Timestamp at;
  std::string key;  ///< Of the command; empty: of nobody's.
};

/// An offering with what its shard keeps beside it: records of reservations and keys.
class SagaOffering {
 public:
  using Answer = std::variant<LegView, Rejection>;

  SagaOffering(OfferingId id, DefinitionRef definition, RefundPolicy policy);

  /// A command with its key (empty: none): carried out once, answered again with how things are
  /// now. A refusal is remembered, too, until `forget_refusals`.
  Answer carry_out(const OfferingCommand& command, const std::string& key, Timestamp now);

  void forget_refusals() { refused_.clear(); }

  [[nodiscard]] const Offering& state() const { return offering_; }

  /// Nothing: never was.
  [[nodiscard]] const Reservation* record(ReservationId reservation) const;
  [[nodiscard]] std::optional<LegView> view(ReservationId reservation) const;

  [[nodiscard]] const std::vector<GivenBackPlace>& given_back() const { return given_back_; }

  /// Called when places were held until a time, and when places of a saga's reservation are gone
  /// though its saga did not ask.
  std::function<void(ReservationId, Timestamp)> on_held;
  std::function<void(ReservationId saga, const LegView&)> on_lost;

  /// Asserts that records and places say the same.
  void check() const;

 private:
  void record_event(const OfferingEvent& event, const std::string& key, Timestamp now);
  void record_taken(
      ReservationId id,
      const std::string& user,
      const std::vector<ReservationLine>& lines,
      Timestamp until,
      Timestamp now);
  void record_ended(
      ReservationId id,
      ReservationStatus status,
      Cause cause,
      const std::string& key,
      Timestamp now);
  Reservation& touch(ReservationId id, Cause cause, Timestamp now);
  void tell_saga(ReservationId id, const std::string& key);

  Offering offering_;
  RefundPolicy policy_;
  std::map<std::uint64_t, Reservation> records_;    ///< By the low half of the id.
  std::map<std::uint64_t, ReservationId> saga_of_;  ///< By the same.
  std::map<std::string, ReservationId> done_;       ///< By key.
  std::map<std::string, Rejection> refused_;        ///< By key.
  std::vector<GivenBackPlace> given_back_;
};

}  // namespace cavea::engine::testing
