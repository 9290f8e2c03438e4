#include "persistence/reconciliation_codec.hpp"

#include "persistence/definition_codec.hpp"
#include "persistence/record_reader.hpp"
#include "persistence/saga_codec.hpp"

#include <utility>

namespace cavea::persistence {

namespace {

using engine::ReconciliationItem;

template <class Counts>
void encode_counts(Encoder& out, const Counts& counts) {
  out.varint(counts.size());
  for (const auto count : counts) out.varint(count);
}

/// A later program may know more kinds, and writes a later version then.
template <class Counts>
void decode_counts(Decoder& in, Counts& counts) {
  if (in.count() != counts.size()) return in.fail();
  for (auto& count : counts) count = in.varint();
}

void encode_reconciled(Encoder& out, const ReconciliationItem& item) {
  out.u8(static_cast<std::uint8_t>(item.difference));
  out.u8(static_cast<std::uint8_t>(item.repair));
  encode_id(out, item.reservation);
  out.text(item.payment.value);
  encode_currency(out, item.currency);
  out.u8(static_cast<std::uint8_t>(item.ours.state));
  out.svarint(item.ours.captured.minor);
  out.svarint(item.ours.refunded.minor);
  out.u8(item.theirs ? 1 : 0);
  if (item.theirs) {
    out.u8(static_cast<std::uint8_t>(item.theirs->status));
    out.svarint(item.theirs->captured.minor);
    out.svarint(item.theirs->refunded.minor);
  }
  out.text(item.detail);
}

ReconciliationItem decode_reconciled(Decoder& in) {
  using engine::MoneyState;
  using engine::PaymentDifference;
  using engine::PaymentRepair;
  using engine::PaymentStatus;
  ReconciliationItem item;
  item.difference =
      decode_enum(in, PaymentDifference::authorised_unknown, PaymentDifference::not_held);
  item.repair = decode_enum(in, PaymentRepair::none, PaymentRepair::failed);
  item.reservation = decode_id(in);
  item.payment.value = in.text();
  item.currency = decode_currency(in);
  item.ours.state = decode_enum(in, MoneyState::none, MoneyState::closed);
  item.ours.captured.minor = in.svarint();
  item.ours.refunded.minor = in.svarint();
  if (in.boolean()) {
    auto& theirs = item.theirs.emplace();
    theirs.status =
        decode_enum(in, PaymentStatus::requires_payment_method, PaymentStatus::canceled);
    theirs.captured.minor = in.svarint();
    theirs.refunded.minor = in.svarint();
  }
  item.detail = in.text();
  return item;
}

/// Bytes of the shortest item.
constexpr std::size_t item_bytes_min = 12;

}  // namespace

std::string record_keys::last_reconciliation() {
  return "last";
}

std::string encode(const engine::ReconciliationReport& report) {
  std::string bytes;
  Encoder out(bytes);
  out.u8(record_version);
  out.svarint(report.started_at.ms);
  out.svarint(report.finished_at.ms);
  out.svarint(report.from.ms);
  out.text(report.error);
  out.varint(report.listed);
  out.varint(report.foreign);
  out.varint(report.compared);
  out.varint(report.moving);
  encode_counts(out, report.differences);
  encode_counts(out, report.repairs);
  out.varint(report.items.size());
  for (const auto& item : report.items) encode_reconciled(out, item);
  return bytes;
}

Read<engine::ReconciliationReport> decode_reconciliation_report(std::string_view value) {
  RecordReader in("the report of a reconciliation", {}, value);
  engine::ReconciliationReport report;
  report.started_at.ms = in->svarint();
  report.finished_at.ms = in->svarint();
  report.from.ms = in->svarint();
  report.error = in->text();
  report.listed = in->varint();
  report.foreign = in->varint();
  report.compared = in->varint();
  report.moving = in->varint();
  decode_counts(*in, report.differences);
  decode_counts(*in, report.repairs);
  const auto count = in->count(item_bytes_min);
  for (std::size_t i = 0; i < count && in->ok(); ++i)
    report.items.push_back(decode_reconciled(*in));
  return in.finish(std::move(report));
}

}  // namespace cavea::persistence
