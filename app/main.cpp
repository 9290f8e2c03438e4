#include "app/commands.hpp"

#include <cstdio>
#include <exception>

/// Read by jemalloc (http://jemalloc.net/jemalloc.3.html#tuning) before anything runs. An offering
/// that rests gives up its actor; what was freed goes back to the system within seconds, by a
/// thread of the allocator's own.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

int main(int argc, char** argv) {
  try {
    return cavea::app::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return cavea::app::number_of(cavea::app::ExitCode::internal);
  }
}
