#include "http/json/reconciliation_writer.hpp"

#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"

#include <cstddef>
#include <optional>

namespace cavea::http::json {

namespace {

using engine::ReconciliationItem;
using engine::ReconciliationReport;

void write_text_or_null(Writer& writer, std::string_view name, const std::string& text) {
  writer.key(name);
  if (text.empty()) {
    writer.null();
  } else {
    writer.text(text);
  }
}

void write_standing(
    Writer& writer, std::string_view status, engine::Money captured, engine::Money refunded) {
  writer.begin_object();
  writer.key("status").text(status);
  writer.key("captured").number(captured.minor);
  writer.key("refunded").number(refunded.minor).end_object();
}

void write_difference(Writer& writer, const ReconciliationItem& item) {
  writer.begin_object();
  writer.key("difference").text(engine::name_of(item.difference));
  writer.key("repair").text(engine::name_of(item.repair));
  writer.key("reservation").text(item.reservation.str());
  writer.key("payment").text(item.payment.value);
  writer.key("currency").text(item.currency.view());
  writer.key("ours");
  write_standing(writer, engine::word_of(item.ours.state), item.ours.captured, item.ours.refunded);
  writer.key("theirs");
  if (item.theirs) {
    const auto& theirs = *item.theirs;
    write_standing(writer, engine::name_of(theirs.status), theirs.captured, theirs.refunded);
  } else {
    writer.null();
  }
  write_text_or_null(writer, "detail", item.detail);
  writer.end_object();
}

/// The counts of those that there were, by name.
template <class Kind, class Counts>
void write_counts(Writer& writer, std::string_view name, const Counts& counts) {
  writer.key(name).begin_object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) writer.key(engine::name_of(static_cast<Kind>(i))).number(counts[i]);
  }
  writer.end_object();
}

void write_report(Writer& writer, const ReconciliationReport& report) {
  const auto zone = TimeZone::utc();
  writer.begin_object();
  write_time(writer, "started_at", report.started_at, zone);
  if (report.finished_at == engine::Timestamp{}) {
    writer.key("finished_at").null();
  } else {
    write_time(writer, "finished_at", report.finished_at, zone);
  }
  write_time(writer, "from", report.from, zone);
  write_text_or_null(writer, "error", report.error);
  writer.key("listed").number(report.listed);
  writer.key("foreign").number(report.foreign);
  writer.key("compared").number(report.compared);
  writer.key("moving").number(report.moving);
  writer.key("different").number(report.different());
  writer.key("unrepaired").number(report.unrepaired());
  write_counts<engine::PaymentDifference>(writer, "differences", report.differences);
  write_counts<engine::PaymentRepair>(writer, "repairs", report.repairs);
  writer.key("items").begin_array();
  for (const auto& item : report.items) write_difference(writer, item);
  writer.end_array().end_object();
}

void write_report_or_null(
    Writer& writer, std::string_view name, const std::optional<ReconciliationReport>& report) {
  writer.key(name);
  if (report) {
    write_report(writer, *report);
  } else {
    writer.null();
  }
}

}  // namespace

void append_reconciliation(std::string& out, const engine::ReconciliationView& view) {
  Writer writer(out);
  writer.begin_object();
  write_report_or_null(writer, "running", view.running);
  write_report_or_null(writer, "last", view.last);
  if (view.next_at) {
    write_time(writer, "next_at", *view.next_at, TimeZone::utc());
  } else {
    writer.key("next_at").null();
  }
  writer.end_object();
}

}  // namespace cavea::http::json
