#pragma once

#include "app/exit_code.hpp"
#include "app/settings.hpp"
#include "app/start_failure.hpp"
#include "engine/result.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace spdlog {
class logger;
}

namespace cavea::app {

/// A whole node: the one place where every object of the process is built, from top to bottom.
/// Used by one thread.
class NodeProcess {
 public:
  /// Checks the consensus library, reads the keys, binds the port, opens the data and builds the
  /// actors; nobody is answered yet. The port comes before the data, because it is the likelier
  /// mistake and costs nothing to find out.
  [[nodiscard]] static engine::Result<std::unique_ptr<NodeProcess>, StartFailure> build(
      const ServeSettings& settings,
      bool shards_are_asked_for,
      std::shared_ptr<spdlog::logger> logger);

  ~NodeProcess();

  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  /// Opens every shard, then takes requests.
  void start();

  /// Says that it is not ready any more, answers what it took, writes all, and ends. At most 5 s.
  void stop();

  /// "http://127.0.0.1:8088", with the port that was really taken.
  [[nodiscard]] std::string url() const;

  /// One word about the data: "new" or "kept".
  [[nodiscard]] std::string_view data_story() const;

 private:
  struct Parts;

  explicit NodeProcess(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

/// How the process ends after an error of the store.
[[nodiscard]] ExitCode exit_code_of(persistence::StoreError::Kind kind);

}  // namespace cavea::app
