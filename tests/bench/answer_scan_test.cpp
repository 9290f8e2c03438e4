#include "bench/load/answer_scan.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::bench {
namespace {

constexpr const char* id_text = "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z";

const std::string reservation =
    R"({"id":"01JD3V7Z3N0R2M5Q8T9W4X6Y7Z","status":"confirmed","user":"alice","held_until":null,)"
    R"("total":{"amount":0,"currency":"EUR"},"items":[{"offering":"show","title":"\"seat\":\"no\"",)"
    R"("quantity":2,"places":[{"seat":"stalls-A-1","zone":"z","price":0,"status":"sold"},)"
    R"({"seat":"stalls-A-2","zone":"z","price":0,"status":"sold"}]}],"version":17})";

TEST_CASE("Id and status of a reservation are found") {
  const auto answer = scan_reservation(reservation);
  REQUIRE(answer);
  CHECK(answer->id.str() == id_text);
  CHECK(answer->is_confirmed);
}

TEST_CASE("They are found in any order and with blanks") {
  const auto answer = scan_reservation(
      R"( { "items" : [ {"status": "sold", "id": "x"} ], "status" : "held" ,
            "id" : "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z" } )");
  REQUIRE(answer);
  CHECK_FALSE(answer->is_confirmed);
}

TEST_CASE("What is no reservation is none") {
  for (const std::string text :
       {"",
        "{}",
        "[]",
        "{\"id\":\"short\",\"status\":\"confirmed\"}",
        "{\"id\":\"01JD3V7Z3N0R2M5Q8T9W4X6Y7Z\"}",
        "{\"id\":\"01JD3V7Z3N0R2M5Q8T9W4X6Y7Z",
        "{\"id\":1,\"status\":\"confirmed\"}",
        "<html>",
        "{\"a\":\"\\"}) {
    CAPTURE(text);
    CHECK_FALSE(scan_reservation(text));
  }
}

TEST_CASE("Every cut of an answer is survived") {
  const auto status_end = reservation.find(",\"user\"");
  for (std::size_t length = 0; length < reservation.size(); ++length) {
    const auto part = reservation.substr(0, length);
    CHECK_FALSE(scan_page(part));
    CHECK(scan_seats(part).size() <= 2);
    CHECK(scan_reservation(part).has_value() == (length >= status_end));
    CHECK(scan_problem(part).empty());
  }
}

TEST_CASE("Seats are those of the places") {
  const auto seats = scan_seats(reservation);
  REQUIRE(seats.size() == 2);
  CHECK(seats[0] == "stalls-A-1");
  CHECK(seats[1] == "stalls-A-2");
  CHECK(scan_seats(R"({"items":[{"places":[{"price":0}]}]})").empty());
}

TEST_CASE("The name of a problem is its type without the folder") {
  CHECK(scan_problem(R"({"status":409,"type":"/problems/sold_out"})") == "sold_out");
  CHECK(scan_problem(R"({"type":"about:blank"})") == "about:blank");
  CHECK(scan_problem(R"({"title":"no type"})").empty());
  CHECK(scan_problem("nonsense").empty());
}

TEST_CASE("A page has its reservations and the cursor of the next") {
  const auto page = scan_page(
      "{\"items\":[" + reservation + ",{\"id\":\"01JD3V7Z3N0R2M5Q8T9W4X6Y80\",\"status\":\"held\"}],"
      R"("next":"abc_-1"})");
  REQUIRE(page);
  REQUIRE(page->items.size() == 2);
  CHECK(page->items[0].is_confirmed);
  CHECK_FALSE(page->items[1].is_confirmed);
  CHECK(page->next == "abc_-1");
}

TEST_CASE("The last page has no cursor") {
  const auto page = scan_page(R"({"items":[],"next":null})");
  REQUIRE(page);
  CHECK(page->items.empty());
  CHECK(page->next.empty());
  CHECK_FALSE(scan_page(R"({"next":null})"));
}

}  // namespace
}  // namespace cavea::bench
