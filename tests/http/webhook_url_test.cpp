#include "http/webhook_url.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {

TEST_CASE("A webhook may lead to any https address of the internet") {
  for (const auto* url : {
           "https://shop.example/cavea",
           "https://shop.example",
           "https://shop.example:8443/a/b?token=1",
           "https://93.184.216.34/",
           "https://[2606:2800:220:1::1]/",
           "HTTPS://SHOP.EXAMPLE/",
       }) {
    CHECK_MESSAGE(!fault_of_webhook_url(url, false), url);
    CHECK_MESSAGE(!fault_of_webhook_url(url, true), url);
  }
}

TEST_CASE("Addresses that are none, or hide something, are refused wherever webhooks may lead") {
  for (const auto* url : {
           "",
           "shop.example",
           "/cavea",
           "https://",
           "https:///cavea",
           "https://user:secret@shop.example/",
           "https://user@shop.example/",
           "https://shop.example/#part",
           "https://shop.example:0/",
           "https://shop.example:99999999/",
           "https://shop.example/a b",
           "https://shop.example/\r\nX: y",
           "ftp://shop.example/",
           "file:///etc/passwd",
           "gopher://shop.example/",
           "javascript:alert(1)",
       }) {
    CHECK_MESSAGE(fault_of_webhook_url(url, false), url);
    CHECK_MESSAGE(fault_of_webhook_url(url, true), url);
  }
}

TEST_CASE("Only a node that is told so lets webhooks lead to itself or its neighbours") {
  for (const auto* url : {
           "http://shop.example/",
           "http://127.0.0.1:8080/",
           "https://127.0.0.1/",
           "https://127.8.9.1/",
           "https://localhost/",
           "https://db.localhost/",
           "https://LOCALHOST/",
           "https://0.0.0.0/",
           "https://10.1.2.3/",
           "https://172.31.0.1/",
           "https://192.168.1.1/",
           "https://169.254.169.254/latest/meta-data",
           "https://[::1]/",
           "https://[::]/",
           "https://[::ffff:10.0.0.1]/",
           "https://[fd00::1]/",
           "https://[fe80::1]/",
       }) {
    CHECK_MESSAGE(fault_of_webhook_url(url, false), url);
    CHECK_MESSAGE(!fault_of_webhook_url(url, true), url);
  }
}

}  // namespace cavea::http
