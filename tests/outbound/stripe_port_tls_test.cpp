#include "tests/outbound/payment_world.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::outbound::payment {
namespace {

using engine::PaymentFailure;

simulator::Server::Settings with_tls(const test::CertificateFiles& files) {
  simulator::Server::Settings settings;
  settings.tls_certificate = files.certificate.string();
  settings.tls_key = files.key.string();
  return settings;
}

std::string code_of_asking(const std::string& url, const std::string& ca_file) {
  auto settings = test_settings(url);
  settings.ca_file = ca_file;
  const auto port = open_port(settings);
  const auto answer = ask(*port, create_of("key"));
  CHECK(port->probe().attempts.value() == 1);
  const auto* failure = std::get_if<PaymentFailure>(&answer);
  if (failure == nullptr) return "";
  CHECK(failure->kind == PaymentFailure::Kind::unavailable);
  return failure->code;
}

std::uint64_t requests_at(PaymentWorld& world) {
  return world.statistics()["requests"]["create"].get<std::uint64_t>();
}

TEST_CASE("a provider is believed only with a certificate of an authority that we trust") {
  const test::TempDir folder;
  const auto ours = test::make_certificate(folder, "ours");
  const auto other = test::make_certificate(folder, "other");
  PaymentWorld world(with_tls(ours), ours.certificate.string());
  CHECK(world.url().starts_with("https://"));
  CHECK(code_of_asking(world.url(), other.certificate.string()) == "tls_failed");
  CHECK(code_of_asking(world.url(), "") == "tls_failed");
  CHECK(requests_at(world) == 0);
  CHECK(code_of_asking(world.url(), ours.certificate.string()).empty());
  CHECK(requests_at(world) == 1);
}

TEST_CASE("a certificate for another name is not believed") {
  const test::TempDir folder;
  const auto other = test::make_certificate(folder, "other", "DNS:payments.example");
  PaymentWorld world(with_tls(other), "");
  CHECK(code_of_asking(world.url(), other.certificate.string()) == "tls_failed");
}

TEST_CASE("a certificate file that is none is said when the adapter is asked") {
  const test::TempDir folder;
  const auto ours = test::make_certificate(folder, "ours");
  const auto empty = folder.write("empty.pem", "").string();
  PaymentWorld world(with_tls(ours), "");
  CHECK(code_of_asking(world.url(), empty) == "tls_failed");
}

}  // namespace
}  // namespace cavea::outbound::payment
