#pragma once

#include "engine/ids.hpp"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::http::json {

/// Appends `text` without quotes, escaped as RFC 8259 wants it: quote, backslash and control
/// characters. UTF-8 passes through; `text` must be valid UTF-8, as all text is that came in.
void append_escaped(std::string& out, std::string_view text);

/// Appends `text` with quotes, escaped.
inline void append_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

template <std::integral T>
void append_number(std::string& out, T value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

/// Appends an answer to a string, member after member, without a tree in between. It sets the
/// commas; the caller opens and closes in pairs. Keys are ours and are not escaped.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object() { return open('{'); }

  Writer& end_object() { return close('}'); }

  Writer& begin_array() { return open('['); }

  Writer& end_array() { return close(']'); }

  Writer& key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    needs_comma_ = false;
    return *this;
  }

  /// A key that came from outside: a seat label.
  Writer& foreign_key(std::string_view name) {
    separate();
    append_string(out_, name);
    out_ += ':';
    needs_comma_ = false;
    return *this;
  }

  Writer& text(std::string_view value) {
    separate();
    append_string(out_, value);
    return done();
  }

  template <std::integral T>
  Writer& number(T value) {
    separate();
    append_number(out_, value);
    return done();
  }

  Writer& boolean(bool value) { return raw(value ? "true" : "false"); }

  Writer& null() { return raw("null"); }

  /// JSON that is written already.
  Writer& raw(std::string_view value) {
    separate();
    out_ += value;
    return done();
  }

  /// Where the next value may be appended by hand; follow it with `done()`.
  std::string& place() {
    separate();
    return out_;
  }

  Writer& done() {
    needs_comma_ = true;
    return *this;
  }

 private:
  void separate() {
    if (needs_comma_) out_ += ',';
  }

  Writer& open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
    return *this;
  }

  Writer& close(char bracket) {
    out_ += bracket;
    return done();
  }

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace cavea::http::json
