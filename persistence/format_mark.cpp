#include "persistence/format_mark.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_reader.hpp"

namespace cavea::persistence {

namespace {

void encode(std::string& out, const FormatMark& mark) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(mark.version);
  to.varint(mark.shard_count);
  to.text(mark.node);
}

StoreError mismatch(std::string text) {
  return {StoreError::Kind::mismatch, std::move(text)};
}

}  // namespace

Read<std::optional<FormatMark>> read_format_mark(const View& store) {
  const auto key = keys::format_mark();
  auto stored = store.get(Column::meta, key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return std::optional<FormatMark>{};

  RecordReader in("format mark", key, **stored);
  FormatMark mark;
  mark.version = in->varint32();
  // A later format may say more about itself: what follows is read only when it is ours.
  if (in->ok() && mark.version > format_version) {
    return StoreError{
        StoreError::Kind::newer_format,
        "the data has format " + std::to_string(mark.version)
            + ", this program knows formats up to " + std::to_string(format_version)
            + ": start the newer program again, or use another data directory"};
  }
  mark.shard_count = in->varint16();
  mark.node = in->text();
  return in.finish(std::optional<FormatMark>(std::move(mark)));
}

std::optional<StoreError> claim_store(Store& store, const FormatMark& wanted) {
  auto found = read_format_mark(store);
  if (!found) return std::move(found).error();
  if (*found) {
    const auto& mark = **found;
    if (mark.shard_count != wanted.shard_count) {
      return mismatch(
          "the data has " + std::to_string(mark.shard_count) + " shards, the configuration says "
          + std::to_string(wanted.shard_count)
          + ": the number is fixed when the data is made; set it back, or export and import");
    }
    if (mark.node != wanted.node) {
      return mismatch(
          "the data belongs to node '" + mark.node + "', this is node '" + wanted.node
          + "': give each node a data directory of its own");
    }
    return std::nullopt;
  }
  std::string value;
  encode(value, wanted);
  const auto batch = store.make_batch();
  batch->put(Column::meta, keys::format_mark(), value);
  return store.write(*batch, Durability::synced);
}

}  // namespace cavea::persistence
