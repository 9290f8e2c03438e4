#pragma once

#include "tests/support/http_client.hpp"

#include <map>
#include <string>
#include <vector>

// What tests share that compare what programs are sent with `/v1/changes`.

namespace cavea::test {

/// Ids of events by what they are about, in order.
using Ids = std::map<std::string, std::vector<std::string>>;

/// A studio with so many free classes, "yoga-0" and so on.
void create_classes(HttpClient& admin, int count);

/// All that the feed has: what everybody who follows is to be sent.
[[nodiscard]] Ids ids_of_feed(HttpClient& admin);

}  // namespace cavea::test
