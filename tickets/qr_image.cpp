#include "tickets/qr_image.hpp"

#include <png.h>
#include <qrencode.h>

#include <algorithm>
#include <csetjmp>
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

/// A square of one bit a pixel, white where it is set; rows begin with a byte of their own.
struct Bitmap {
  std::size_t width = 0;
  std::size_t row_bytes = 0;
  std::vector<png_byte> bytes;

  [[nodiscard]] const png_byte* row(std::size_t y) const { return bytes.data() + y * row_bytes; }
};

Bitmap drawn(const QRcode& code, std::size_t scale) {
  Bitmap bitmap;
  bitmap.width = static_cast<std::size_t>(code.width + 2 * quiet_modules) * scale;
  bitmap.row_bytes = (bitmap.width + 7) / 8;
  bitmap.bytes.assign(bitmap.row_bytes * bitmap.width, 0xff);
  for (int y = 0; y < code.width; ++y) {
    const auto top = static_cast<std::size_t>(y + quiet_modules) * scale;
    auto* const row = bitmap.bytes.data() + top * bitmap.row_bytes;
    for (int x = 0; x < code.width; ++x) {
      if (!is_dark(code, x, y)) continue;
      const auto left = static_cast<std::size_t>(x + quiet_modules) * scale;
      for (auto at = left; at < left + scale; ++at) {
        row[at / 8] = static_cast<png_byte>(row[at / 8] & ~(0x80U >> (at % 8)));
      }
    }
    for (std::size_t i = 1; i < scale; ++i)
      std::copy_n(row, bitmap.row_bytes, row + i * bitmap.row_bytes);
  }
  return bitmap;
}

void append_bytes(png_structp png, png_bytep data, std::size_t size) {
  auto& out = *static_cast<std::string*>(png_get_io_ptr(png));
  out.append(reinterpret_cast<const char*>(data), size);
}

void keep_bytes(png_structp) {}

/// Has nothing to destroy where libpng leaves it by a jump when something fails.
bool write_rows(png_structp png, png_infop info, const Bitmap& bitmap, std::string& out) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, &out, append_bytes, keep_bytes);
  const auto width = static_cast<png_uint_32>(bitmap.width);
  png_set_IHDR(
      png,
      info,
      width,
      width,
      1,
      PNG_COLOR_TYPE_GRAY,
      PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT,
      PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (std::size_t y = 0; y < bitmap.width; ++y) png_write_row(png, bitmap.row(y));
  png_write_end(png, info);
  return true;
}

bool write_png(const Bitmap& bitmap, std::string& out) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  if (png == nullptr) return false;
  png_infop info = png_create_info_struct(png);
  const bool is_written = info != nullptr && write_rows(png, info, bitmap, out);
  png_destroy_write_struct(&png, &info);
  return is_written;
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
  const Bitmap bitmap = drawn(*code, pixels_per_module);
  std::string png;
  return write_png(bitmap, png) ? png : std::string();
}

}  // namespace cavea::tickets
