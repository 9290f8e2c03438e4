#include "app/ticket_key_file.hpp"

#include "app/secret_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <utility>

#include <unistd.h>

namespace cavea::app {
namespace {

/// A PEM of a private key on P-256 has 241 bytes; anything much longer is the wrong file.
constexpr std::size_t pem_bytes_max = 4096;

}  // namespace

engine::Result<tickets::TicketKey, tickets::KeyFault> read_or_make_ticket_key(
    const std::filesystem::path& file) {
  using tickets::KeyFault;
  if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) {
    const auto pem = tickets::make_private_key();
    if (!pem) return KeyFault{"the system gives no random numbers for a key of tickets"};
    if (auto fault = make_secret_file(file, *pem, "the key of tickets")) {
      return KeyFault{*std::move(fault)};
    }
  }
  // Reading a folder as a stream throws, so it is not opened as one.
  std::error_code ignored;
  std::ifstream in;
  errno = EISDIR;
  if (!std::filesystem::is_directory(file, ignored)) in.open(file, std::ios::binary);
  if (!in.is_open()) return KeyFault{system_fault("cannot read the key of tickets", file)};
  std::string pem(pem_bytes_max, '\0');
  in.read(pem.data(), static_cast<std::streamsize>(pem.size()));
  pem.resize(static_cast<std::size_t>(in.gcount()));
  auto key = tickets::TicketKey::from(std::move(pem));
  if (!key) return KeyFault{fmt::format("{} {}", file.string(), key.error().text)};
  return key;
}

}  // namespace cavea::app
