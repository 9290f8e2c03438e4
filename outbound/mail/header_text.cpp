#include "outbound/mail/header_text.hpp"

#include "engine/inbox.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <ctime>

namespace cavea::outbound::mail {

namespace {

/// Of text in an encoded word, which has 75 characters at most: 45 bytes are 60 in base 64, and
/// "=?UTF-8?B?" and "?=" are twelve.
constexpr std::size_t word_bytes_max = 45;

/// Longer lines are folded, or encoded, which folds them too.
constexpr std::size_t plain_length_max = 200;

bool is_plain(std::string_view text) {
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  // What looks like an encoded word would be taken for one.
  return is_ascii && text.size() <= plain_length_max && text.find("=?") == std::string_view::npos;
}

/// Begins a character of UTF-8.
bool is_first_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::string encoded_word(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()),
      reinterpret_cast<const unsigned char*>(bytes.data()),
      static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return "=?UTF-8?B?" + text + "?=";
}

/// Each word has whole characters, so that it can be read by itself.
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    auto length = std::min(text.size(), word_bytes_max);
    while (length > 1 && length < text.size() && !is_first_byte(text[length])) --length;
    if (!words.empty()) words += "\r\n ";
    words += encoded_word(text.substr(0, length));
    text.remove_prefix(length);
  }
  return words;
}

std::string in_one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return line;
}

/// Words that need no quotation marks (RFC 5322, 3.2.3).
bool is_phrase(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' '
           || c == '-' || c == '\'' || c == '&';
  });
}

}  // namespace

std::string header_text(std::string_view text) {
  auto line = in_one_line(text);
  return is_plain(line) ? line : encoded_words(line);
}

std::string mailbox_text(const Mailbox& box) {
  if (box.name.empty()) return "<" + box.address + ">";
  auto name = in_one_line(box.name);
  if (!is_plain(name)) {
    name = encoded_words(name);
  } else if (!is_phrase(name)) {
    std::string quoted;
    for (const char c : name) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    name = '"' + quoted + '"';
  }
  return name + " <" + box.address + ">";
}

std::string date_text(engine::Timestamp time) {
  // Names of days and months are English, whatever the locale.
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = time.ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format(
      "{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
      days[parts.tm_wday],
      parts.tm_mday,
      months[parts.tm_mon],
      parts.tm_year + 1900,
      parts.tm_hour,
      parts.tm_min,
      parts.tm_sec);
}

std::string message_id(
    const engine::NotificationId& id, engine::Timestamp at, std::string_view host) {
  return fmt::format("<{}.{:x}@{}>", engine::text_of(id), at.ms, host);
}

}  // namespace cavea::outbound::mail
