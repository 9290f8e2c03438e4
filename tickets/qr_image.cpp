#include "tickets/qr_image.hpp"

#include <qrencode.h>

#include <memory>

namespace cavea::tickets {

namespace {

/// Modules of white around the code, as the standard asks for.
constexpr int quiet_modules = 4;

/// The dark modules as rectangles, one for each run of them in a row.
std::string runs_of(const QRcode& code) {
  std::string path;
  const auto is_dark = [&](int x, int y) { return (code.data[y * code.width + x] & 1U) != 0; };
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      if (!is_dark(x, y)) continue;
      const int begin = x;
      while (x < code.width && is_dark(x, y)) ++x;
      const auto length = std::to_string(x - begin);
      path += 'M' + std::to_string(begin + quiet_modules) + ' ' + std::to_string(y + quiet_modules);
      path += 'h' + length + "v1h-" + length + 'z';
    }
  }
  return path;
}

}  // namespace

std::string qr_svg(std::string_view text) {
  if (text.empty()) return {};
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(
          static_cast<int>(text.size()),
          reinterpret_cast<const unsigned char*>(text.data()),
          0,
          QR_ECLEVEL_M),
      &QRcode_free);
  if (code == nullptr) return {};
  const auto size = std::to_string(code->width + 2 * quiet_modules);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + ' ' + size;
  svg += "\" width=\"480\" height=\"480\" shape-rendering=\"crispEdges\">";
  svg += "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"";
  svg += runs_of(*code);
  svg += "\"/></svg>\n";
  return svg;
}

}  // namespace cavea::tickets
