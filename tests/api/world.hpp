#pragma once

#include "tests/api/caller.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/openapi_checker.hpp"
#include "tests/support/temp_dir.hpp"

#include <map>
#include <memory>
#include <string>

namespace cavea::test {

/// Whose pages may write; the node is started with it.
inline constexpr auto trusted_origin = "https://box-office.example";

/// The node that all tests of this program talk to, started when first needed.
class World {
 public:
  World();

  [[nodiscard]] const std::string& url() const noexcept { return node_.url(); }

  /// The folder of its data, with the key of its tokens.
  [[nodiscard]] const std::filesystem::path& data() const noexcept { return folder_.path(); }

  /// What the node promises in `/openapi.json`.
  [[nodiscard]] const OpenApiChecker& contract() const noexcept { return *contract_; }

  /// A token for `subject`, made once.
  [[nodiscard]] const std::string& token(const std::string& role, const std::string& subject);

 private:
  TempDir folder_;
  NodeProcess node_;
  std::unique_ptr<const OpenApiChecker> contract_;
  std::map<std::string, std::string> tokens_;
};

[[nodiscard]] World& world();

/// An administrator, a user of that name, somebody without a token.
[[nodiscard]] Caller administrator();
[[nodiscard]] Caller user(const std::string& name);
[[nodiscard]] Caller anyone();

/// A name that no other test uses: "yoga-17".
[[nodiscard]] std::string unique(const std::string& stem);

/// A venue as it is written: section "stalls", rows A and B ("premium"), C and D ("standard"),
/// eight seats a row; A-1 is accessible and A-2 its companion seat, B has an aisle after 4.
[[nodiscard]] Json house();

/// What a performance or class in `venue` is created with, on sale until 2031; free of charge,
/// single gaps allowed. `changes` is merged into it.
[[nodiscard]] Json performance_in(const std::string& venue, const Json& changes = Json::object());
[[nodiscard]] Json class_in(const std::string& venue, const Json& changes = Json::object());

/// Make one and give its id; the test ends when that fails.
[[nodiscard]] std::string make_venue();
[[nodiscard]] std::string make_performance(const Json& changes = Json::object());
[[nodiscard]] std::string make_class(const Json& changes = Json::object());

}  // namespace cavea::test
