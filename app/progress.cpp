#include "app/progress.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include <unistd.h>

namespace cavea::app {
namespace {

constexpr std::size_t bar_width = 30;
constexpr std::size_t name_width = 36;

void write_error(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(std::string what, std::size_t total)
    : what_(std::move(what)), total_(total), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  // Leaves an empty line for what is printed next.
  if (is_terminal_ && done_ > 0) write_error("\r\033[K");
}

void Progress::step(std::string_view name) {
  ++done_;
  if (total_ < shown_from) return;
  if (is_terminal_) {
    const auto filled = done_ * bar_width / total_;
    write_error(fmt::format(
        "\r\033[K{} [{:<{}}] {}/{} {}",
        what_,
        std::string(filled, '#'),
        bar_width,
        done_,
        total_,
        name.substr(0, name_width)));
    return;
  }
  if (done_ * 10 / total_ != (done_ - 1) * 10 / total_) {
    write_error(fmt::format("{}: {} of {}\n", what_, done_, total_));
  }
}

}  // namespace cavea::app
