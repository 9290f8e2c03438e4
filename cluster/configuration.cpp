#include "cluster/types.hpp"

#include <algorithm>

namespace cavea::cluster {
namespace {

constexpr char encoding_version = 1;

/// A shard with more servers than this is damaged data.
constexpr std::uint64_t servers_max = 1024;

void put_u64(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>(value >> shift));
}

/// Reads what `encode` wrote; every getter fails when the data ends too early.
class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}

  std::optional<std::uint8_t> byte() {
    if (data_.empty()) return std::nullopt;
    const auto value = static_cast<std::uint8_t>(data_.front());
    data_.remove_prefix(1);
    return value;
  }

  std::optional<std::uint64_t> u64() {
    if (data_.size() < sizeof(std::uint64_t)) return std::nullopt;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < sizeof value; ++i) {
      value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(data_[i])) << (8 * i);
    }
    data_.remove_prefix(sizeof value);
    return value;
  }

  bool skip_text() {
    const auto end = data_.find('\0');
    if (end == std::string_view::npos) return false;
    data_.remove_prefix(end + 1);
    return true;
  }

 private:
  std::string_view data_;
};

}  // namespace

const Server* Configuration::find(ServerId id) const {
  const auto found =
      std::find_if(servers.begin(), servers.end(), [id](const Server& s) { return s.id == id; });
  return found == servers.end() ? nullptr : &*found;
}

std::size_t Configuration::voter_count() const {
  return static_cast<std::size_t>(std::count_if(
      servers.begin(), servers.end(), [](const Server& s) { return s.role == ServerRole::voter; }));
}

bool Configuration::has_sole_voter(ServerId id) const {
  const auto* server = find(id);
  return server != nullptr && server->role == ServerRole::voter && voter_count() == 1;
}

std::string Configuration::encode() const {
  std::string out(1, encoding_version);
  put_u64(out, servers.size());
  for (const auto& server : servers) {
    put_u64(out, server.id.value);
    out += std::to_string(server.id.value);
    out.push_back('\0');
    out.push_back(static_cast<char>(server.role));
  }
  out.resize((out.size() + 7) / 8 * 8, '\0');
  return out;
}

std::optional<Configuration> Configuration::decode(std::string_view data) {
  Reader reader(data);
  if (reader.byte() != encoding_version) return std::nullopt;
  const auto count = reader.u64();
  if (!count || *count == 0 || *count > servers_max) return std::nullopt;

  Configuration configuration;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const auto id = reader.u64();
    if (!id || *id == 0 || configuration.find(ServerId{*id}) != nullptr) return std::nullopt;
    if (!reader.skip_text()) return std::nullopt;
    const auto role = reader.byte();
    if (!role || *role > static_cast<std::uint8_t>(ServerRole::spare)) return std::nullopt;
    configuration.servers.push_back({ServerId{*id}, static_cast<ServerRole>(*role)});
  }
  return configuration;
}

}  // namespace cavea::cluster
