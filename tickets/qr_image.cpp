#include "tickets/qr_image.hpp"

#include <png.h>
#include <qrencode.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace cavea::tickets {

namespace {

/// Modules of white around the code, as the standard asks for.
constexpr int quiet_modules = 4;

using Code = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

/// Null when it does not fit.
Code code_of(std::string_view text) {
  if (text.empty()) return Code(nullptr, &QRcode_free);
  return Code(
      QRcode_encodeData(
          static_cast<int>(text.size()),
          reinterpret_cast<const unsigned char*>(text.data()),
          0,
          QR_ECLEVEL_M),
      &QRcode_free);
}

bool is_dark(const QRcode& code, int x, int y) {
  return (code.data[y * code.width + x] & 1U) != 0;
}

/// The dark modules as rectangles, one for each run of them in a row.
std::string runs_of(const QRcode& code) {
  std::string path;
  for (int y = 0; y < code.width; ++y) {
    for (int x = 0; x < code.width; ++x) {
      if (!is_dark(code, x, y)) continue;
      const int begin = x;
      while (x < code.width && is_dark(code, x, y)) ++x;
      const auto length = std::to_string(x - begin);
      path += 'M' + std::to_string(begin + quiet_modules) + ' ' + std::to_string(y + quiet_modules);
      path += 'h' + length + "v1h-" + length + 'z';
    }
  }
  return path;
}

}  // namespace

std::string qr_svg(std::string_view text) {
  const auto code = code_of(text);
  if (code == nullptr) return {};
  const auto size = std::to_string(code->width + 2 * quiet_modules);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + ' ' + size;
  svg += "\" width=\"480\" height=\"480\" shape-rendering=\"crispEdges\">";
  svg += "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"";
  svg += runs_of(*code);
  svg += "\"/></svg>\n";
  return svg;
}

std::string qr_png(std::string_view text, unsigned pixels_per_module) {
  const auto code = code_of(text);
  if (code == nullptr || pixels_per_module == 0) return {};
  const auto scale = static_cast<std::size_t>(pixels_per_module);
  const auto modules = static_cast<std::size_t>(code->width + 2 * quiet_modules);
  const auto width = modules * scale;
  constexpr png_byte white = 255;
  std::vector<png_byte> pixels(width * width, white);
  for (int y = 0; y < code->width; ++y) {
    for (std::size_t row = 0; row < scale; ++row) {
      const auto line = (static_cast<std::size_t>(y + quiet_modules) * scale + row) * width;
      for (int x = 0; x < code->width; ++x) {
        if (!is_dark(*code, x, y)) continue;
        const auto first = line + static_cast<std::size_t>(x + quiet_modules) * scale;
        std::fill_n(pixels.begin() + static_cast<std::ptrdiff_t>(first), scale, png_byte{0});
      }
    }
  }

  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(width);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string png(bytes, '\0');
  const bool is_written =
      png_image_write_to_memory(&image, png.data(), &bytes, 0, pixels.data(), 0, nullptr) != 0;
  png_image_free(&image);
  png.resize(is_written ? bytes : 0);
  return png;
}

}  // namespace cavea::tickets
