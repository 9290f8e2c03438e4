#pragma once

#include <string>

namespace cavea::bench {

/// Lines on standard error that say how far things are; none when it is quiet.
class Progress {
 public:
  explicit Progress(bool is_quiet) : is_quiet_(is_quiet) {}

  void say(const std::string& line) const;

 private:
  bool is_quiet_ = false;
};

}  // namespace cavea::bench
