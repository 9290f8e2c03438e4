#pragma once

#include <string>
#include <string_view>

namespace cavea::tickets {

/// `text` as a QR code (ISO/IEC 18004, error correction M) in an SVG image, black on white with the
/// quiet zone around it. Empty when it does not fit into one (more than 2,331 bytes) or is empty.
[[nodiscard]] std::string qr_svg(std::string_view text);

}  // namespace cavea::tickets
