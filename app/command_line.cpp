#include "app/commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <functional>
#include <iostream>

namespace cavea::app {
namespace {

/// A subcommand with what runs it.
struct Command {
  CLI::App* app = nullptr;
  std::function<ExitCode()> run;
};

void declare_node(CLI::App& command, NodeAccess& node) {
  command.add_option("--url", node.url, "Where the node is")
      ->envname("CAVEA_URL")
      ->type_name("URL")
      ->capture_default_str();
  command.add_option("--token", node.token, "Token of an administrator")
      ->envname("CAVEA_TOKEN")
      ->type_name("JWT");
}

Command add_serve(CLI::App& root, ServeSettings& settings) {
  auto* app = root.add_subcommand("serve", "Run a node");
  declare_serve_options(*app, settings);
  app->footer(
      "Flags win over the environment, the environment over the file, the file over defaults.\n\n"
      "Examples:\n"
      "  cavea serve\n"
      "  cavea serve --data /var/lib/cavea --address 0.0.0.0 --log-format json\n"
      "  CAVEA_PORT=9000 cavea serve --config cavea.toml --print-config");
  return {app, [app, &settings] {
            const auto effective = complete_settings(*app, settings, process_environment());
            if (!effective) return complain(ExitCode::usage, effective.error().text);
            return run_serve(settings, effective.value());
          }};
}

Command add_import(CLI::App& root, ImportOptions& options) {
  auto* app = root.add_subcommand("import", "Load venues and schedules from files into a node");
  app->add_option("FILE", options.files, "Files: .json, or schedules as .csv")->required();
  declare_node(*app, options.node);
  app->add_flag("--dry-run", options.dry_run, "Validate, compare and say what would be done");
  app->add_flag("--keep", options.keep, "Leave alone what is there and differs, and report it");
  app->add_option(
         "--first-day",
         options.first_day,
         "Day on which \"week 1 mon\" of a schedule falls; default: the Monday after next")
      ->type_name("YYYY-MM-DD");
  app->footer(
      "Everything is validated before anything is written; what is there already is skipped or\n"
      "changed, so the same file can be imported again. The format: docs/operations.md.\n\n"
      "Examples:\n"
      "  cavea import demo/lyric-theatre.json --token \"$(cavea token --role admin --subject "
      "me)\"\n"
      "  cavea import season.json timetable.csv --dry-run\n"
      "  cavea import template.csv --first-day 2027-01-04 --url http://tickets.example:8088");
  return {app, [&options] { return run_import(options); }};
}

Command add_export(CLI::App& root, ExportOptions& options) {
  auto* app =
      root.add_subcommand("export", "Write a node's venues and schedules as an import file");
  declare_node(*app, options.node);
  app->add_option("-o,--output", options.output, "File to write; default: standard output")
      ->type_name("FILE");
  app->add_flag(
      "--reservations",
      options.reservations,
      "Write the reservations instead, one JSON document a line");
  app->footer(
      "Examples:\n"
      "  cavea export -o catalogue.json\n"
      "  cavea export --reservations -o reservations.jsonl");
  return {app, [&options] { return run_export(options); }};
}

Command add_token(CLI::App& root, TokenOptions& options) {
  auto* app = root.add_subcommand("token", "Make a token for the HTTP API");
  app->add_option("--data", options.data, "Data folder of the node, for its token.key")
      ->envname("CAVEA_DATA")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_option("--key-file", options.key_file, "File with the secret, instead of DIR/token.key")
      ->envname("CAVEA_TOKEN_KEY_FILE")
      ->type_name("FILE");
  app->add_option("--role", options.role, "What its bearer may do: user, door or admin")
      ->check(CLI::IsMember({"user", "door", "admin"}))
      ->capture_default_str();
  app->add_option("--subject", options.subject, "Who its bearer is, 1 to 128 bytes")->required();
  app->add_option("--expires", options.expires, "How long it is good for: 90s, 45m, 12h, 30d")
      ->type_name("TIME")
      ->capture_default_str();
  app->footer(
      "Examples:\n"
      "  cavea token --role admin --subject box-office --expires 8h\n"
      "  cavea token --key-file /etc/cavea/token.key --subject alice");
  return {app, [&options] { return run_token(options); }};
}

Command add_check(CLI::App& root, CheckOptions& options) {
  auto* app = root.add_subcommand("check", "Verify the data of a stopped node");
  app->add_option("--data", options.data, "Data folder")
      ->envname("CAVEA_DATA")
      ->type_name("DIR")
      ->capture_default_str();
  app->add_flag("--json", options.json, "Report as JSON");
  app->footer(
      "Reads every record: checksums, whether the log replayed gives the state, and the rules\n"
      "(no place has two owners, counts agree). Changes nothing.\n\n"
      "Example:\n"
      "  cavea check --data /var/lib/cavea");
  return {app, [&options] { return run_check(options); }};
}

Command add_rebuild(CLI::App& root, RebuildOptions& options) {
  auto* app = root.add_subcommand("rebuild", "Make again what follows from other data");
  app->require_subcommand(1);
  auto* my_page = app->add_subcommand(
      "my-page", "The lists of what is whose, out of the reservations of a stopped node");
  my_page->add_option("--data", options.data, "Data folder")
      ->envname("CAVEA_DATA")
      ->type_name("DIR")
      ->capture_default_str();
  my_page->add_flag("--dry-run", options.dry_run, "Say what would be mended, and change nothing");
  my_page->add_flag("--json", options.json, "Report as JSON");
  my_page->footer(
      "All that has to be changed is written at once or, when that fails, not at all. What is as "
      "it\n"
      "must be is left alone.\n\n"
      "Example:\n"
      "  cavea rebuild my-page --data /var/lib/cavea");
  return {my_page, [&options] { return run_rebuild_my_page(options); }};
}

Command add_payment_simulator(CLI::App& root, PaymentSimulatorOptions& options) {
  auto* app = root.add_subcommand(
      "payment-simulator", "Run a payment provider that speaks Stripe's API and moves no money");
  app->add_option("--address", options.address, "IP address to listen on")->capture_default_str();
  app->add_option("--port", options.port, "Port to listen on; 0: any free one, which is printed")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app->add_option("--threads", options.threads, "Threads that speak HTTP")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app->add_option("--secret-key", options.secret_key, "Secret key of the simulated account")
      ->capture_default_str();
  app->add_option("--webhook-url", options.webhook_url, "Where events are sent, by plain HTTP")
      ->type_name("URL");
  app->add_option("--webhook-secret", options.webhook_secret, "Secret that signs events")
      ->capture_default_str();
  app->add_option(
         "--webhook-event",
         options.webhook_events,
         "Type of event that is sent, * for all; repeat it or separate by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("TYPE");
  auto* certificate =
      app->add_option("--tls-certificate", options.tls_certificate, "PEM file; speaks TLS with it")
          ->type_name("FILE");
  app->add_option("--tls-key", options.tls_key, "PEM file of the certificate's key")
      ->needs(certificate)
      ->type_name("FILE");
  app->footer(
      "Everything is kept in memory. What it does can be scripted: docs/payments.md.\n\n"
      "Examples:\n"
      "  cavea payment-simulator --webhook-url http://127.0.0.1:8088/v1/payments/notices\n"
      "  curl -u sk_test_cavea: http://127.0.0.1:12111/v1/payment_intents -d amount=4200 -d "
      "currency=eur\n"
      "  curl http://127.0.0.1:12111/simulator/behaviour -d '{\"decline\": \"expired_card\"}'");
  return {app, [&options] { return run_payment_simulator(options); }};
}

Command add_version(CLI::App& root, VersionOptions& options) {
  auto* app = root.add_subcommand("version", "Print versions of the program and its libraries");
  app->add_flag("--json", options.json, "Print JSON");
  app->footer("Example:\n  cavea version --json");
  return {app, [&options] { return run_version(options); }};
}

}  // namespace

ExitCode complain(ExitCode code, const std::string& text) {
  std::string indented;
  for (const char c : text) {
    indented += c;
    if (c == '\n') indented += "       ";
  }
  std::cerr << "error: " << indented << std::endl;
  return code;
}

int run_command_line(int argc, const char* const* argv) {
  CLI::App root("Cavea sells numbered seats and places in classes, and never the same one twice.");
  root.name("cavea");
  root.require_subcommand(1);
  root.footer("cavea COMMAND --help explains a command. Exit codes: docs/operations.md.");

  ServeSettings serve;
  ImportOptions import_options;
  ExportOptions export_options;
  TokenOptions token;
  CheckOptions check;
  RebuildOptions rebuild;
  PaymentSimulatorOptions payment_simulator;
  VersionOptions version;
  const std::vector<Command> commands{
      add_serve(root, serve),
      add_import(root, import_options),
      add_export(root, export_options),
      add_token(root, token),
      add_check(root, check),
      add_rebuild(root, rebuild),
      add_payment_simulator(root, payment_simulator),
      add_version(root, version)};

  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return root.exit(error, std::cout, std::cerr);
    const auto chosen = root.get_subcommands();
    const auto help = chosen.empty() ? "cavea" : "cavea " + chosen.front()->get_name();
    return number_of(complain(
        ExitCode::usage, fmt::format("{}\n{} --help lists what may be said.", error.what(), help)));
  }
  for (const auto& command : commands) {
    if (command.app->parsed()) return number_of(command.run());
  }
  return number_of(ExitCode::usage);
}

}  // namespace cavea::app
