#pragma once

namespace cavea::app {

/// How `cavea` ends, for scripts and service managers (docs/operations.md, "Exit codes"). From 64
/// on the numbers are those of sysexits.h wherever it has a fitting one. Numbers never change.
enum class ExitCode : int {
  ok = 0,
  failed = 1,  ///< It ran, and the answer is no: damage found, or items of an import refused.
  usage = 2,   ///< Command line, environment or configuration file.
  data_invalid =
      65,  ///< An import file is not valid (nothing was written), or stored data is damaged.
  unreachable = 69,     ///< The node an import or export talks to does not answer.
  internal = 70,        ///< An error of ours.
  address_in_use = 71,  ///< Address or port cannot be listened on.
  wrong_library = 72,   ///< The consensus library on this machine is not safe.
  no_space = 73,        ///< The disk is full, or nearly so at the start.
  io = 74,              ///< Reading or writing failed.
  data_in_use = 75,     ///< Another process has the data open.
  newer_format = 76,    ///< The data was written by a later version of the program.
  refused = 77,         ///< The token does not suffice, or files may not be read.
};

[[nodiscard]] constexpr int number_of(ExitCode code) {
  return static_cast<int>(code);
}

}  // namespace cavea::app
