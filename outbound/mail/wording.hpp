#pragma once

#include "engine/ids.hpp"
#include "engine/money.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::outbound::mail {

/// Times and amounts as people of a language write them, by the data of Unicode (CLDR). For one
/// thread.
class Wording {
 public:
  /// `language`: a BCP 47 tag; nothing when ICU does not know the language.
  [[nodiscard]] static std::optional<Wording> of(const std::string& language);

  Wording(Wording&&) noexcept;
  Wording& operator=(Wording&&) noexcept;
  ~Wording();

  /// "Friday, December 4, 2026 at 7:30 PM": what clocks show in `zone` (IANA name) then. Clocks go
  /// as the time zone data of this machine says, as everywhere in Cavea.
  [[nodiscard]] std::string date_time(engine::Timestamp time, const std::string& zone) const;

  /// "7:30 PM".
  [[nodiscard]] std::string time_of_day(engine::Timestamp time, const std::string& zone) const;

  /// What the time is called there then: "Greenwich Mean Time", "British Summer Time"; "UTC+03:00"
  /// where it has no name.
  [[nodiscard]] std::string zone_name(engine::Timestamp time, const std::string& zone) const;

  /// "£14.50", "₩45,000": with as many digits as the currency has.
  [[nodiscard]] std::string money(engine::Money amount, engine::Currency currency) const;

 private:
  struct Parts;

  explicit Wording(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

/// Whether both show the same date in `zone`.
[[nodiscard]] bool is_same_day(engine::Timestamp a, engine::Timestamp b, const std::string& zone);

}  // namespace cavea::outbound::mail
