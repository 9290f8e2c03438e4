#pragma once

#include "tests/engine/saga_world.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cavea::engine::testing {

/// Weather from a seed; calm from `calm_from` on.
class RandomSagaWeather final : public SagaWeather {
 public:
  struct Climate {
    std::uint32_t lost = 0;   ///< Percent of messages.
    std::uint32_t twice = 0;  ///< The same.
    std::uint32_t slow = 0;   ///< Take up to five minutes.
    /// The provider is not to be reached; from, until.
    std::vector<std::pair<Timestamp, Timestamp>> outages;
    bool loses_all_notices = false;
  };

  RandomSagaWeather(std::mt19937_64& random, Timestamp calm_from)
      : random_(random), calm_from_(calm_from) {}

  Climate climate;

  Duration delay(SagaMessage message, Timestamp now) override;
  bool is_lost(SagaMessage message, Timestamp now) override;
  bool comes_twice(SagaMessage message, Timestamp now) override;

 private:
  [[nodiscard]] bool happens(std::uint32_t percent) { return random_() % 100 < percent; }

  std::mt19937_64& random_;
  Timestamp calm_from_;
};

/// An evening in which many people want places of a few offerings, and everything goes wrong that
/// the climate lets go wrong. All from one seed.
class SagaCrowd {
 public:
  explicit SagaCrowd(std::uint64_t seed);

  /// To the end, until nothing is left to happen.
  void run();

  [[nodiscard]] const SagaWorld& world() const { return world_; }

  /// Nothing is lost, slow or refused: for figures that hold only then.
  [[nodiscard]] bool is_calm() const { return is_calm_; }

  /// Calls of the provider for a saga since the weather is calm.
  [[nodiscard]] unsigned late_calls(std::size_t saga) const;

 private:
  struct Person {
    std::string name;
    std::optional<std::size_t> saga;
    std::vector<std::string> secrets;  ///< That the page ever showed.
    std::size_t actions = 0;
  };

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  [[nodiscard]] bool happens(std::uint32_t percent) { return below(100) < percent; }

  Timestamp some_time(Timestamp from, Timestamp until);
  Duration some_pause();
  const OfferingId& some_offering();
  Claim some_claim(const OfferingId& offering);

  void build_house();
  void draw_climate();
  void draw_trouble();
  void lose_refunds();
  void reconcile_now_and_then();
  void add_person(std::size_t number);
  void add_stranger(std::size_t number);
  void add_administrator();
  void reserve(Person& person);
  void take_what_is_free(Person& person);
  void act(Person& person);
  void pay(Person& person);
  void cancel_some(Person& person);
  void exchange_some(Person& person);
  void note_secret(Person& person);
  void change_offering(const OfferingId& offering);

  std::mt19937_64 random_;
  bool is_calm_;
  Timestamp calm_from_;
  RandomSagaWeather weather_;
  SagaWorld world_;
  std::vector<OfferingId> names_;
  std::vector<Person> people_;
  std::vector<unsigned> calls_before_;
  std::uint64_t last_stranger_ = 1'000'000;
};

}  // namespace cavea::engine::testing
