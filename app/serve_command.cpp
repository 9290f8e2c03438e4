#include "app/commands.hpp"
#include "app/compose.hpp"
#include "app/logging.hpp"
#include "app/signals.hpp"
#include "app/version.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace cavea::app {
namespace {

bool is_asked_for(const std::vector<EffectiveSetting>& effective, const std::string& name) {
  return std::any_of(effective.begin(), effective.end(), [&](const EffectiveSetting& setting) {
    return setting.name == name && setting.origin != "default";
  });
}

}  // namespace

ExitCode run_serve(const ServeSettings& settings, const std::vector<EffectiveSetting>& effective) {
  if (settings.print_config) {
    std::cout << print_settings(effective);
    return ExitCode::ok;
  }
  hold_back_signals();
  const auto logger = start_logging(settings.log_level, settings.log_format);
  auto built = NodeProcess::build(settings, is_asked_for(effective, "shards"), logger);
  if (!built) {
    stop_logging();
    return complain(built.error().code, built.error().text);
  }
  auto& node = *built.value();
  node.start();
  logger->info(
      "event=started version={} data={} data_is={} url={}",
      version,
      settings.data,
      node.data_story(),
      node.url());
  // For scripts and tests: the one line on standard output.
  std::printf("listening on %s\n", node.url().c_str());
  std::fflush(stdout);

  const int signal = wait_for_stop_signal();
  logger->info("event=stopping signal={}", signal);
  node.stop();
  logger->info("event=stopped");
  built.value().reset();
  stop_logging();
  return ExitCode::ok;
}

}  // namespace cavea::app
