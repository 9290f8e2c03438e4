#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/seat_map.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::engine::testing {

/// A line of a scenario: words, settings ("capacity=3") and what stands after "because".
/// Everything that cannot be read is an exception: a scenario with a typo is a broken test.
class Words {
 public:
  explicit Words(std::string_view line);

  [[nodiscard]] bool is_empty() const { return at_ == words_.size(); }

  /// The next word; throws when there is none.
  std::string next();

  /// Takes the next word if it is `word`.
  bool take(std::string_view word);

  /// All words that are left.
  std::vector<std::string> rest();

  /// Takes the next word if it is a number.
  std::optional<std::uint32_t> number();

  /// Takes a setting: the text behind "name=".
  std::optional<std::string> setting(const std::string& name);

  /// What stood after "because".
  [[nodiscard]] const std::string& reason() const { return reason_; }

  /// Throws when something was not understood.
  void expect_end() const;

 private:
  std::vector<std::string> words_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> settings_;
  std::string reason_;
};

std::vector<std::string> split(std::string_view text, char separator);

/// "12:00" or "12:00:30.5" of the one day on which all scenarios play, and back.
Timestamp time_from(std::string_view text);
std::string text_of(Timestamp time);

/// "stalls A front: 1 2 3 | 4w 5c / circle A back: 1 2": rows of section, label, zone and seats;
/// `|` an aisle, `w` an accessible seat, `c` a companion seat.
SeatMap::Parts house_from(std::string_view text);

/// A definition with the settings of `words`; what they do not say is taken from `base`.
OfferingDefinition definition_from(Words& words, OfferingDefinition base, const SeatMapRef& house);

/// A class and a performance on sale from 08:00 to 18:00, from 20:00 to 22:00, free of charge.
OfferingDefinition default_definition();

}  // namespace cavea::engine::testing
