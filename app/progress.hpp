#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cavea::app {

/// Progress on standard error: a bar that redraws itself on a terminal, a line at every tenth
/// otherwise. Nothing for fewer than `shown_from` steps.
class Progress {
 public:
  static constexpr std::size_t shown_from = 2;

  Progress(std::string what, std::size_t total);

  /// Ends the bar's line.
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// One more is done; `name` says which.
  void step(std::string_view name);

 private:
  std::string what_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  bool is_terminal_ = false;
};

}  // namespace cavea::app
