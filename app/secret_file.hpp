#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace cavea::app {

/// Writes a secret beside `file`, for its owner only (0600), and links it into place, so that
/// nobody ever reads half of it and one that is there is never replaced: then it is left as it is.
/// `what` names the secret ("the token key") in the sentence that is given back when it fails.
[[nodiscard]] std::optional<std::string> make_secret_file(
    const std::filesystem::path& file, const std::string& text, const char* what);

/// A sentence about the last call of the system: "cannot read the token key FILE: ...".
[[nodiscard]] std::string system_fault(const std::string& doing, const std::filesystem::path& file);

}  // namespace cavea::app
