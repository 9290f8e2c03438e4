#pragma once

#include "persistence/record_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/wire.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace cavea::persistence {

/// Reads one record: checks its version byte, and at the end that everything was read.
class RecordReader {
 public:
  /// `newest`: the greatest version of this record that is known.
  RecordReader(
      std::string_view what,
      std::string_view key,
      std::string_view value,
      std::uint8_t newest = record_version)
      : what_(what), key_(key), in_(value), newest_(newest) {
    version_ = in_.u8();
    if (version_ < record_version || version_ > newest_) in_.fail();
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return version_; }

  Decoder* operator->() noexcept { return &in_; }

  Decoder& operator*() noexcept { return in_; }

  [[nodiscard]] StoreError error() const {
    if (version_ <= newest_) {
      return corrupt_record(what_, key_, "the record makes no sense though its checksum is right");
    }
    std::string text(what_);
    text.append(" at ").append(printable(key_)).append(" has version ");
    text.append(std::to_string(version_)).append("; this program reads up to ");
    text.append(std::to_string(newest_)).append(". Start the newer program");
    return {StoreError::Kind::newer_format, std::move(text)};
  }

  template <class T>
  [[nodiscard]] Read<T> finish(T value) {
    if (!in_.finished()) return error();
    return value;
  }

 private:
  std::string_view what_;
  std::string_view key_;
  Decoder in_;
  std::uint8_t newest_;
  std::uint8_t version_ = 0;
};

}  // namespace cavea::persistence
