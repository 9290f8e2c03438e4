#pragma once

#include <string_view>

namespace cavea::simulator {

/// The page on which a person pays, or does not (pay_page.html).
extern const std::string_view pay_page_text;

}  // namespace cavea::simulator
