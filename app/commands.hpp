#pragma once

#include "app/exit_code.hpp"
#include "app/settings.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The subcommands of `cavea`: what may be said to each, and what runs it. Results go to standard
// output, everything else to standard error.

namespace cavea::app {

/// Where a running node is, for commands that are its clients.
struct NodeAccess {
  std::string url = "http://127.0.0.1:8088";  ///< `CAVEA_URL`.
  std::string token;                          ///< `CAVEA_TOKEN`.
};

struct ImportOptions {
  NodeAccess node;
  std::vector<std::string> files;
  bool dry_run = false;   ///< Say what would be done.
  bool keep = false;      ///< Never change what is there and differs; report it.
  std::string first_day;  ///< "2027-01-04", empty: a sensible Monday, and nothing is moved.
};

struct ExportOptions {
  NodeAccess node;
  std::string output;  ///< Empty: standard output.
  bool reservations = false;
};

struct TokenOptions {
  std::string data = "./data";
  std::string key_file;  ///< Empty: `token.key` in `data`.
  std::string role = "user";
  std::string subject;
  std::string expires = "30d";
};

struct CheckOptions {
  std::string data = "./data";
  bool json = false;
};

/// What is made again from what there is, on the data of a stopped node.
struct RebuildOptions {
  std::string data = "./data";
  bool dry_run = false;  ///< Say what would be done.
  bool json = false;
};

/// A provider of payments that is none (docs/payments.md).
struct PaymentSimulatorOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 12111;
  unsigned threads = 1;
  std::string secret_key = "sk_test_cavea";
  std::string webhook_url;  ///< Empty: none are sent.
  std::string webhook_secret = "whsec_cavea";
  std::vector<std::string> webhook_events;  ///< Empty: those that a shop needs.
  std::string tls_certificate;              ///< PEM file; empty: plain HTTP.
  std::string tls_key;
};

struct VersionOptions {
  bool json = false;
};

[[nodiscard]] ExitCode run_serve(
    const ServeSettings& settings, const std::vector<EffectiveSetting>& effective);
[[nodiscard]] ExitCode run_import(const ImportOptions& options);
[[nodiscard]] ExitCode run_export(const ExportOptions& options);
[[nodiscard]] ExitCode run_token(const TokenOptions& options);
[[nodiscard]] ExitCode run_check(const CheckOptions& options);
[[nodiscard]] ExitCode run_rebuild_my_page(const RebuildOptions& options);
[[nodiscard]] ExitCode run_payment_simulator(const PaymentSimulatorOptions& options);
[[nodiscard]] ExitCode run_version(const VersionOptions& options);

/// What is being looked at, on a line of standard error that redraws itself; nothing unless that is
/// a terminal. The line is to be ended before anything else is printed.
[[nodiscard]] std::function<void(std::string_view step, std::uint64_t done)> progress_on_terminal();
void end_progress_on_terminal();

/// Prints "error: <text>" to standard error, further lines indented, and gives `code` back.
ExitCode complain(ExitCode code, const std::string& text);

/// Reads the command line and runs what it asks for; returns the exit code of the process.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

}  // namespace cavea::app
