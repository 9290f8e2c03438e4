#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace cavea::http {

/// Whether `Accept-Encoding` allows gzip (RFC 9110, 12.5.3).
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding) noexcept;

/// Whether bodies of this type shrink.
[[nodiscard]] bool is_compressible(std::string_view content_type) noexcept;

/// Compresses bodies. One per I/O thread; keeps its memory (256 KiB). Not thread-safe.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  /// Replaces `body` by its gzip form; false (and `body` as it was) when that is not smaller.
  [[nodiscard]] bool compress(std::string& body);

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::string scratch_;
};

}  // namespace cavea::http
