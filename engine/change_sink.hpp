#pragma once

#include <functional>
#include <string>
#include <vector>

namespace cavea::engine {

/// An event as others are to read it.
struct SinkEvent {
  std::string key;   ///< Those of one key stay in their order: the id of its offering or venue.
  std::string body;  ///< A CloudEvent as JSON.
};

/// What became of a batch.
struct SinkResult {
  bool is_taken = false;  ///< All of it, for good.
  std::string detail;     ///< Else one sentence for people, which may be shown.
};

using SinkContinuation = std::function<void(SinkResult)>;

/// Where all events go, for programs that read them from there. May be used from any thread.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;

  /// Never blocks; answers once, on any thread. A batch that was not taken is to be sent again from
  /// its first event on, before anything else with its keys: some of it may have arrived.
  virtual void send(std::vector<SinkEvent> batch, SinkContinuation then) noexcept = 0;
};

}  // namespace cavea::engine
