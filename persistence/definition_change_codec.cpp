#include "persistence/definition_change_codec.hpp"

#include "persistence/record_reader.hpp"

namespace cavea::persistence {

std::string record_keys::definition_change(const engine::OfferingId& offering) {
  return offering.str();
}

std::string encode_definition_change(engine::Timestamp at) {
  std::string bytes;
  Encoder out(bytes);
  out.u8(record_version);
  out.svarint(at.ms);
  return bytes;
}

Read<engine::Timestamp> decode_definition_change(std::string_view value) {
  RecordReader in("the change of a definition", {}, value);
  return in.finish(engine::Timestamp{in->svarint()});
}

}  // namespace cavea::persistence
