#include "tickets/qr_image.hpp"

#include <doctest/doctest.h>
#include <png.h>
#include <qrencode.h>

#include <memory>
#include <string>
#include <vector>

namespace cavea::tickets {

namespace {

struct Picture {
  std::size_t width = 0;
  std::vector<png_byte> grey;

  [[nodiscard]] bool is_dark(std::size_t x, std::size_t y) const {
    return grey[y * width + x] < 128;
  }
};

Picture read_png(const std::string& bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0);
  CHECK(image.width == image.height);
  image.format = PNG_FORMAT_GRAY;
  Picture picture{.width = image.width, .grey = {}};
  picture.grey.resize(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, picture.grey.data(), 0, nullptr) != 0);
  return picture;
}

}  // namespace

TEST_CASE("the PNG of a code has its modules, with the quiet zone around them") {
  const std::string token(450, 'x');
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(450, reinterpret_cast<const unsigned char*>(token.data()), 0, QR_ECLEVEL_M),
      &QRcode_free);
  const auto picture = read_png(qr_png(token, 3));
  const auto modules = static_cast<std::size_t>(code->width);
  REQUIRE(picture.width == (modules + 8) * 3);
  std::size_t wrong = 0;
  for (std::size_t y = 0; y < picture.width; ++y) {
    for (std::size_t x = 0; x < picture.width; ++x) {
      const auto column = x / 3 - 4;  // Wraps in the quiet zone.
      const auto row = y / 3 - 4;
      const bool is_inside = column < modules && row < modules;
      const bool is_dark = is_inside && (code->data[row * modules + column] & 1U) != 0;
      if (picture.is_dark(x, y) != is_dark) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("what does not fit into a code has no PNG") {
  CHECK(qr_png("").empty());
  CHECK(qr_png("x", 0).empty());
  CHECK(qr_png(std::string(3'000, 'x')).empty());
}

}  // namespace cavea::tickets
