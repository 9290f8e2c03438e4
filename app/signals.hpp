#pragma once

namespace cavea::app {

/// Keeps SIGTERM and SIGINT from ending the process, and SIGPIPE from doing anything. Call it
/// before any thread is started: threads inherit it.
void hold_back_signals();

/// Waits for SIGTERM or SIGINT and gives its number. From then on the next one ends the process at
/// once, for whoever does not want to wait for a clean end.
[[nodiscard]] int wait_for_stop_signal();

}  // namespace cavea::app
