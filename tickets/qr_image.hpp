#pragma once

#include <string>
#include <string_view>

namespace cavea::tickets {

/// `text` as a QR code (ISO/IEC 18004, error correction M) in an SVG image, black on white with the
/// quiet zone around it. Empty when it does not fit into one (more than 2,331 bytes) or is empty.
[[nodiscard]] std::string qr_svg(std::string_view text);

/// The same as a PNG image (ISO/IEC 15948) of black and white, `pixels_per_module` wide and high
/// for each module: for mail, where SVG is not shown.
[[nodiscard]] std::string qr_png(std::string_view text, unsigned pixels_per_module = 5);

}  // namespace cavea::tickets
