#pragma once

#include "outbound/mail/mail.hpp"
#include "outbound/mail/settings.hpp"

#include <curl/curl.h>

#include <array>
#include <string>

namespace cavea::outbound::mail {

/// What the server said, as far as it came.
struct ServerReply {
  CURLcode result = CURLE_OK;
  long status = 0;        ///< Of the last reply: 250, 421, 550; 0: there was none.
  bool has_sent = false;  ///< The mail itself had gone out.
  std::string text;       ///< Of that reply.
  std::string error;      ///< What libcurl says.
};

/// One libcurl handle that carries one mail at a time; connections stay. libcurl keeps pointers
/// into it, so it never moves. Used by the thread of the loop only.
class Transfer {
 public:
  /// All must outlive it.
  Transfer(const Settings& settings, const ServerUrl& server, const Mailbox& from);
  virtual ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  /// The transfer of a handle that a loop gives back.
  [[nodiscard]] static Transfer& of(CURL* handle);

  [[nodiscard]] CURL* handle() const noexcept { return handle_; }

  /// Sets everything up for `mail` to `address`, which must be one that mail may be sent to.
  void prepare(const Mail& mail, const std::string& address);

  /// After the transfer ended.
  [[nodiscard]] ServerReply reply(CURLcode result) const;

  /// Lets go of the mail.
  void clear();

 private:
  static std::size_t on_line(const char* data, std::size_t, std::size_t size, void* self) noexcept;

  void set_fixed_options(const Settings& settings, const ServerUrl& server);
  void make_body(const Mail& mail);

  CURL* handle_ = nullptr;
  std::string from_;
  curl_mime* mime_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_slist* recipients_ = nullptr;
  std::string line_;  ///< The last of the server, or the first that refuses something.
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace cavea::outbound::mail
