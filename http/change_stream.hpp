#pragma once

#include "engine/command_bus.hpp"
#include "http/page_stream.hpp"
#include "http/probe.hpp"

namespace cavea::http {

/// The event feed as Server-Sent Events.
class ChangeStream final : public PageStream {
 public:
  /// `first` is the answer to `query`, which is asked again from where it ends.
  ChangeStream(engine::ListChanges query, const engine::ChangePage& first);

  [[nodiscard]] engine::Gauge& followers(Probe& probe) const override {
    return probe.change_streams;
  }

 private:
  [[nodiscard]] engine::Query query() const override { return query_; }

  [[nodiscard]] bool append(const engine::Answer& answer) override;
  void append(const engine::ChangePage& page);

  engine::ListChanges query_;
};

}  // namespace cavea::http
