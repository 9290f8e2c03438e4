#include "tests/outbound/mail_samples.hpp"
#include "tests/outbound/mail_world.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>

// TLS, and logging in, at a real mail server.

namespace cavea::outbound::mail {
namespace {

using engine::NotificationKind;
using Kind = engine::DeliveryResult::Kind;

MailServerOptions with_certificate(const test::CertificateFiles& files) {
  MailServerOptions options;
  options.certificate = files.certificate.string();
  options.key = files.key.string();
  return options;
}

TEST_CASE("TLS is asked for and the certificate is looked at") {
  const test::TempDir folder;
  const auto ours = test::make_certificate(folder, "ours");
  const auto other = test::make_certificate(folder, "other");
  const auto what = sample_notification(NotificationKind::reminder);
  for (const bool is_implicit : {false, true}) {
    CAPTURE(is_implicit);
    auto options = with_certificate(ours);
    options.is_implicit = is_implicit;
    MailServer server(options);
    auto settings = mail_settings(server.url() + (is_implicit ? "" : "?tls=required"));
    auto result = send(*open_mail(settings), what);
    CHECK(result.kind == Kind::not_now);
    settings.ca_file = other.certificate.string();
    result = send(*open_mail(settings), what);
    CHECK(result.kind == Kind::not_now);
    CHECK(says(result.detail, "certificate"));
    settings.ca_file = ours.certificate.string();
    CHECK(send(*open_mail(settings), what).kind == Kind::delivered);
    CHECK(server.mail()["tls"] == true);
    CHECK(server.count() == 1);
  }
}

TEST_CASE("a certificate for another name is not believed") {
  const test::TempDir folder;
  const auto files = test::make_certificate(folder, "other", "DNS:mail.example");
  MailServer server(with_certificate(files));
  auto settings = mail_settings(server.url() + "?tls=required");
  settings.ca_file = files.certificate.string();
  const auto what = sample_notification(NotificationKind::reminder);
  const auto result = send(*open_mail(settings), what);
  CHECK(result.kind == Kind::not_now);
  // What comes through in the clear is the first that came at all.
  CHECK(send(*open_mail(mail_settings(server.url())), what).kind == Kind::delivered);
  CHECK(server.mail()["tls"] == false);
  CHECK(server.count() == 1);
}

TEST_CASE("nothing is sent in the clear where TLS is required") {
  MailServer server;
  const auto port = open_mail(mail_settings(server.url() + "?tls=required"));
  const auto what = sample_notification(NotificationKind::reminder);
  const auto result = send(*port, what);
  CHECK(result.kind == Kind::not_now);
  CHECK(says(result.detail, "STARTTLS"));
  CHECK(send(*open_mail(mail_settings(server.url())), what).kind == Kind::delivered);
  CHECK(server.mail()["tls"] == false);
  CHECK(server.count() == 1);
}

TEST_CASE("who has a password logs in with it, and a wrong one is not the mail's fault") {
  const test::TempDir folder;
  const auto files = test::make_certificate(folder, "ours");
  auto options = with_certificate(files);
  options.user = "studio";
  options.password = "correct-horse";
  MailServer server(options);
  auto settings = mail_settings(server.url() + "?tls=required");
  settings.ca_file = files.certificate.string();
  const auto what = sample_notification(NotificationKind::reminder);
  auto result = send(*open_mail(settings), what);
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 530);

  settings.user = "studio";
  settings.password = Secret("wrong-horse");
  result = send(*open_mail(settings), what);
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 535);
  CHECK_FALSE(says(result.detail, "wrong-horse"));

  settings.password = Secret("correct-horse");
  CHECK(send(*open_mail(settings), what).kind == Kind::delivered);
  CHECK(server.mail()["login"] == "studio");
  CHECK(server.count() == 1);
}

}  // namespace
}  // namespace cavea::outbound::mail
