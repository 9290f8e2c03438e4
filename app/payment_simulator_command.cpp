#include "app/commands.hpp"
#include "app/signals.hpp"
#include "simulator/server.hpp"

#include <cstdio>

namespace cavea::app {

ExitCode run_payment_simulator(const PaymentSimulatorOptions& options) {
  hold_back_signals();
  const bool has_types = !options.webhook_events.empty();
  simulator::Server::Settings settings{
      .address = options.address,
      .port = options.port,
      .threads = options.threads,
      .secret_key = options.secret_key,
      .tls_certificate = options.tls_certificate,
      .tls_key = options.tls_key,
      .webhooks = {
          .url = options.webhook_url,
          .secret = options.webhook_secret,
          .types = has_types ? options.webhook_events : simulator::Webhooks::default_types()}};
  const auto server = simulator::Server::open(std::move(settings));
  if (!server) return complain(ExitCode::usage, server.error());
  // For scripts and tests: the one line on standard output.
  std::printf("listening on %s\n", server.value()->url().c_str());
  std::fflush(stdout);
  static_cast<void>(wait_for_stop_signal());
  return ExitCode::ok;
}

}  // namespace cavea::app
