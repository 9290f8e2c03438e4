#include "http/json/check_in_codec.hpp"

#include "http/json/object_reader.hpp"
#include "http/json/reservation_parts.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace cavea::http::json {

namespace {

void write_counts(Writer& writer, const engine::CheckIns& counts) {
  writer.key("inside").number(counts.inside).key("entered").number(counts.entered);
}

}  // namespace

engine::Result<CheckInInput, BadInput> read_check_in(const Json& value) {
  Findings findings;
  CheckInInput input;
  const auto root = Path::root();
  ObjectReader reader(value, root, findings);
  reader.allow_only({"token", "nonce", "passage", "offering", "gate"});
  const auto required = [&](std::string_view name, std::size_t max) {
    if (reader.require(name) == nullptr) return std::string();
    return reader.text(name, {.min = 1, .max = max}).value_or(std::string());
  };
  input.token = required("token", 4096);
  input.scan.nonce = required("nonce", 64);
  input.scan.gate = reader.text("gate", {.min = 1, .max = 64}).value_or(std::string());
  input.offering = reader.name<engine::OfferingId>("offering");
  if (const auto name = reader.text("passage", {.min = 1, .max = 16})) {
    const auto passage = engine::passage_from(*name);
    if (!passage) reader.fault("passage", "must be \"entry\" or \"exit\"");
    input.scan.passage = passage.value_or(engine::Passage::entry);
  }
  if (findings.any()) return findings.take();
  return input;
}

void append_check_in(
    std::string& out,
    const engine::CheckInView& view,
    const tickets::Ticket& ticket,
    const engine::DefinitionRef& definition) {
  const auto& card = card_of(definition);
  Writer writer(out);
  writer.begin_object().key("passage").text(engine::name_of(view.scan.passage));
  write_time(writer, "at", view.scan.at, card.zone);
  if (!view.scan.gate.empty()) writer.key("gate").text(view.scan.gate);
  writer.key("entries").number(view.entries);
  writer.key("ticket").begin_object().key("reservation").text(ticket.reservation.str());
  writer.key("item").number(ticket.item).key("number").number(ticket.number);
  writer.key("offering").text(ticket.offering.view());
  if (!card.members.empty()) writer.raw(card.members);
  if (!ticket.label.empty()) writer.key("seat").text(ticket.label);
  writer.key("holder").text(ticket.holder).end_object();
  write_counts(writer, view.check_ins);
  writer.end_object();
}

void append_check_ins(std::string& out, const engine::CheckIns& counts) {
  Writer writer(out);
  writer.begin_object();
  write_counts(writer, counts);
  writer.end_object();
}

}  // namespace cavea::http::json
