#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cavea::outbound::mail {

/// Who a mail is from: a name, which may be empty, and an address.
struct Mailbox {
  std::string name;  ///< UTF-8, without control characters.
  std::string address;

  /// What is behind the "@".
  [[nodiscard]] std::string_view host() const {
    return std::string_view(address).substr(address.rfind('@') + 1);
  }
};

/// Reads "box@studio.example" or "Sun Street Studio <box@studio.example>"; the name may be in
/// quotation marks. Nothing when the address is none.
[[nodiscard]] std::optional<Mailbox> read_mailbox(std::string_view text);

}  // namespace cavea::outbound::mail
