#pragma once

#include "actors/limits.hpp"
#include "engine/result.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cavea::app {

/// Everything that may be said to `cavea serve`. The defaults are here and nowhere else.
struct ServeSettings {
  ServeSettings();

  std::string data = "./data";
  std::string address = "127.0.0.1";  ///< Other machines are let in on purpose, not by accident.
  std::uint16_t port = 8088;          ///< 0: any free port; the one taken is printed.
  unsigned io_threads;                ///< Default: as many as processors, at most 16.
  unsigned workers;                   ///< Default: as many as processors, at most 16.
  /// Counts only when the data is new. Fewer shards log more with one entry; more than a node's
  /// processors help only once they are spread over nodes.
  std::uint16_t shards = 4;
  unsigned connections = 10'000;
  unsigned passivate_after_seconds = 60;
  std::int64_t shard_work_max = actors::limits::shard_work_max;
  std::size_t reads_max = actors::limits::reads_max;
  std::string payment_url;  ///< Of the payment provider; empty: nothing can be paid.
  std::string payment_key_file;
  std::vector<std::string> payment_notice_secret_files;  ///< Two while a secret is replaced.
  std::string payment_ca_file;
  unsigned reconcile_every_minutes = 360;  ///< 0: payments are compared only when asked for.
  unsigned reconcile_days = 35;            ///< How far back they are compared.
  unsigned reconcile_rest_seconds = 120;   ///< What changed since then is left for the next time.
  std::string mail_url;                    ///< Of the mail server; empty: nobody is sent mail.
  std::string mail_from;                   ///< Who the mails are from.
  std::string mail_user;
  std::string mail_secret_file;
  std::string mail_ca_file;
  std::string mail_templates;              ///< A folder; empty: the templates that are built in.
  std::string webhook_targets = "public";  ///< Or "any": http and private networks, too.
  std::string webhook_ca_file;
  std::string kafka_brokers;  ///< Of the cluster that all events go to; empty: to none.
  std::string kafka_topic = "cavea.changes";
  std::string kafka_properties_file;
  std::string public_url;           ///< Where people see what is theirs; mails lead there.
  unsigned free_space_mib = 64;     ///< A start with less is refused.
  double changes_keep_days = 7;     ///< How long what happened can be read again.
  double remind_before_hours = 24;  ///< Of a start people are reminded; 0: they are not.
  std::string log_level = "info";
  std::string log_format = "logfmt";
  std::string token_key_file;    ///< Empty: `token.key` in the data folder.
  std::string token_public_key;  ///< Empty: only HS256 tokens are taken.
  std::vector<std::string> cors_origins;

  std::string config;         ///< The file that is read, empty: none.
  bool print_config = false;  ///< Print what holds instead of serving.
};

/// One setting as it holds, for `--print-config` and messages.
struct EffectiveSetting {
  std::string name;    ///< As in the file: "log-level".
  std::string value;   ///< As the file would have it: `"info"`, `8088`, `["a", "b"]`.
  std::string origin;  ///< "default", "flag --port", "CAVEA_PORT", "cavea.toml:3".
};

/// What is wrong, naming the option, its value and where it was given.
struct SettingsError {
  std::string text;
};

/// Looks up an environment variable.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// The environment of this process.
[[nodiscard]] Environment process_environment();

/// Declares the options of `cavea serve`; they write into `settings`, which must outlive `command`.
void declare_serve_options(CLI::App& command, ServeSettings& settings);

/// After the flags were parsed: takes what they left open from the environment (`CAVEA_<NAME>`),
/// then from the configuration file, and leaves the rest at its default.
[[nodiscard]] engine::Result<std::vector<EffectiveSetting>, SettingsError> complete_settings(
    CLI::App& command, const ServeSettings& settings, const Environment& environment);

/// The settings in the format of the configuration file, each with its origin as a comment.
[[nodiscard]] std::string print_settings(const std::vector<EffectiveSetting>& settings);

/// "CAVEA_LOG_LEVEL" for "log-level".
[[nodiscard]] std::string environment_name(const std::string& option);

}  // namespace cavea::app
