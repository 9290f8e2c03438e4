#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::bench {

/// Writes `POST /v1/reservations` requests from prepared pieces: what changes from one to the next
/// is the user's token, the key and the body. Immutable, so all threads may share it.
class ReservationRequests {
 public:
  struct Sender {
    std::string_view host;    ///< For the `Host` header.
    std::string_view run_id;  ///< Begins every key; without quotes and backslashes.
  };

  /// What is asked, with the header that belongs to it.
  class Claim {
   public:
    explicit Claim(std::string_view body);

    [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

   private:
    std::string bytes_;
  };

  ReservationRequests(const Sender& sender, const std::vector<std::string>& tokens);

  /// Replaces `out` by the request of one user; every `number` makes a key of its own. Users are
  /// counted round and round.
  void write(std::string& out, std::uint64_t user, std::uint64_t number, const Claim& claim) const;

 private:
  std::vector<std::string> heads_;  ///< Of each user: all up to the key's number.
};

}  // namespace cavea::bench
