#include "outbound/payment/circuit_breaker.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace cavea::outbound::payment {
namespace {

using namespace std::chrono_literals;

/// Runs a table of lines "milliseconds: action -> what must be so afterwards".
///
/// Actions: `ask NAME` asks for leave for a call (-> yes or no), `end NAME OUTCOME` reports its end
/// (-> the state), `call OUTCOME xN` does both N times (-> the state), `look` (-> the state).
class Table {
 public:
  explicit Table(const CircuitBreaker::Rules& rules) : breaker_(rules) {}

  void run(const std::string& table) {
    std::istringstream lines(table);
    std::string line;
    while (std::getline(lines, line)) {
      if (line.find("->") == std::string::npos) continue;
      INFO(line);
      std::istringstream words(line);
      int ms = 0;
      std::string colon;
      words >> ms >> colon;
      const CircuitBreaker::Time now{std::chrono::milliseconds(ms)};
      const auto came = act(words, now);
      std::string arrow;
      std::string expected;
      words >> arrow >> expected;
      CHECK(came == expected);
    }
  }

 private:
  static CircuitBreaker::Outcome outcome_of(const std::string& word) {
    if (word == "ok") return CircuitBreaker::Outcome::succeeded;
    if (word == "failed") return CircuitBreaker::Outcome::failed;
    if (word == "neutral") return CircuitBreaker::Outcome::neutral;
    throw std::runtime_error("no outcome: " + word);
  }

  std::string act(std::istringstream& words, CircuitBreaker::Time now) {
    std::string action;
    std::string name;
    words >> action;
    if (action == "ask") {
      words >> name;
      const auto pass = breaker_.admit(now);
      if (pass) passes_[name] = *pass;
      return pass ? "yes" : "no";
    }
    std::string outcome;
    if (action == "end") {
      words >> name >> outcome;
      breaker_.finish(passes_.at(name), outcome_of(outcome), now);
    } else if (action == "call") {
      std::string times;
      words >> outcome >> times;
      for (int i = std::stoi(times.substr(1)); i > 0; --i) {
        const auto pass = breaker_.admit(now);
        REQUIRE(pass);
        breaker_.finish(*pass, outcome_of(outcome), now);
      }
    } else if (action != "look") {
      throw std::runtime_error("no action: " + action);
    }
    return std::string(name_of(breaker_.state(now)));
  }

  CircuitBreaker breaker_;
  std::map<std::string, CircuitBreaker::Pass> passes_;
};

constexpr CircuitBreaker::Rules rules{
    .window = 10'000ms, .calls_min = 10, .failed_percent = 50, .open_time = 5'000ms, .trials = 2};

TEST_CASE("it stays closed while too few calls were made or too few of them failed") {
  Table(rules).run(R"(
        0 : call failed x9  -> closed
        1 : call ok x20     -> closed
        2 : call failed x10 -> closed
        3 : call neutral x5 -> closed
        4 : call failed x1  -> open
  )");
}

TEST_CASE("calls that ended before the window do not count any more") {
  Table(rules).run(R"(
        0 : call failed x9  -> closed
     9000 : look            -> closed
    10000 : call failed x9  -> closed
    19000 : call failed x1  -> open
  )");
}

TEST_CASE("while open nobody is let through, and its time is bounded") {
  Table(rules).run(R"(
        0 : call failed x10 -> open
        1 : ask a           -> no
     4999 : ask b           -> no
     4999 : look            -> open
     5000 : look            -> half_open
     5000 : ask c           -> yes
  )");
}

TEST_CASE("half open lets a few calls through, and their successes close it") {
  Table(rules).run(R"(
        0 : call failed x10 -> open
     5000 : ask a           -> yes
     5001 : ask b           -> yes
     5002 : ask c           -> no
     5100 : end a ok        -> half_open
     5101 : ask d           -> no
     5200 : end b ok        -> closed
     5201 : call failed x9  -> closed
     5202 : call failed x1  -> open
  )");
}

TEST_CASE("half open, the first failure opens it for the whole time again") {
  Table(rules).run(R"(
        0 : call failed x10 -> open
     5000 : ask a           -> yes
     5001 : ask b           -> yes
     6000 : end a failed    -> open
     6001 : end b ok        -> open
    10999 : ask c           -> no
    11000 : ask d           -> yes
    11001 : ask e           -> yes
    11002 : end d ok        -> half_open
    11003 : end e ok        -> closed
  )");
}

TEST_CASE("a trial that says nothing gives its place to another") {
  Table(rules).run(R"(
        0 : call failed x10 -> open
     5000 : ask a           -> yes
     5000 : ask b           -> yes
     5000 : ask c           -> no
     5001 : end a neutral   -> half_open
     5002 : ask d           -> yes
     5003 : end b ok        -> half_open
     5004 : end d ok        -> closed
  )");
}

TEST_CASE("calls from before a change of state end without a say in the new one") {
  Table(rules).run(R"(
        0 : ask old         -> yes
        0 : ask older       -> yes
        1 : call failed x10 -> open
        2 : end old ok      -> open
     5001 : ask a           -> yes
     5002 : end older failed -> half_open
     5003 : end a ok        -> half_open
     5004 : ask b           -> yes
     5005 : end b ok        -> closed
  )");
}

}  // namespace
}  // namespace cavea::outbound::payment
