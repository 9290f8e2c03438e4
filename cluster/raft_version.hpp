#pragma once

#include <optional>
#include <string>

namespace cavea::cluster {

/// The version of the consensus library that runs, as one number: 2201 is 0.22.1. From
/// https://github.com/cowsql/raft: major * 10,000 + minor * 100 + release.
[[nodiscard]] int raft_version_number();

/// "0.22.1".
[[nodiscard]] std::string raft_version_text(int number);

/// Why this version must not be used, as a sentence that says what to do; nothing when it is fit.
/// Below 0.22 acknowledged entries can be lost. From 0.23 on nobody has checked which memory the
/// library frees, which changed after 0.22.1.
[[nodiscard]] std::optional<std::string> raft_version_fault(int number = raft_version_number());

}  // namespace cavea::cluster
