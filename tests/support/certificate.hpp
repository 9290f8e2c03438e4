#pragma once

#include <filesystem>
#include <string>

namespace cavea::test {

class TempDir;

/// A certificate that signs itself, so that it is its own authority too, with its key: PEM files.
struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// Makes a new one in `folder`. `subject`: its alternative name, "IP:127.0.0.1" or
/// "DNS:shop.example". Throws when OpenSSL cannot.
[[nodiscard]] CertificateFiles make_certificate(
    const TempDir& folder, const std::string& name, const std::string& subject = "IP:127.0.0.1");

}  // namespace cavea::test
