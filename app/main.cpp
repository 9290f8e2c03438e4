#include "app/commands.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
  try {
    return cavea::app::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return cavea::app::number_of(cavea::app::ExitCode::internal);
  }
}
