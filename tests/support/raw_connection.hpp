#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace cavea::test {

/// A TCP connection to a node, for what no well-behaved client would send, and for streams.
/// Nothing waits longer than `patience`.
class RawConnection {
 public:
  static constexpr std::chrono::milliseconds patience{20'000};

  /// Connects to "http://127.0.0.1:8088"; throws when that fails.
  explicit RawConnection(std::string_view url);
  ~RawConnection();

  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// Sends all of it, or as much as the other side took before it closed.
  void send(std::string_view bytes);

  /// What came up to the end of `mark`, which is taken out of the input. Throws when the other side
  /// closes without it, or nothing comes in time.
  [[nodiscard]] std::string read_until(std::string_view mark);

  /// The next `count` bytes. Throws as `read_until` does.
  [[nodiscard]] std::string read_bytes(std::size_t count);

  /// Everything up to the end of the connection; throws when it does not end in time.
  [[nodiscard]] std::string read_to_end();

 private:
  /// False: the other side closed.
  bool read_more();

  int fd_ = -1;
  std::string input_;
};

}  // namespace cavea::test
