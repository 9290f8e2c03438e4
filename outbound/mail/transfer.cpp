#include "outbound/mail/transfer.hpp"

#include "outbound/mail/limits.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace cavea::outbound::mail {

namespace {

/// Lines of mail end so (RFC 5321, 2.3.8); libcurl would take others for characters.
std::string with_line_ends(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 40);
  for (const char c : text) {
    if (c == '\n' && !result.ends_with('\r')) result += '\r';
    result += c;
  }
  return result;
}

void add_text(curl_mime* to, std::string_view text, const char* type) {
  curl_mimepart* part = curl_mime_addpart(to);
  const auto lines = with_line_ends(text);
  curl_mime_data(part, lines.data(), lines.size());
  curl_mime_type(part, type);
  curl_mime_encoder(part, "quoted-printable");
}

/// Adds a part that has parts of its own, and gives those.
curl_mime* add_group(CURL* handle, curl_mime* to, const char* type) {
  curl_mimepart* part = curl_mime_addpart(to);
  curl_mime* group = curl_mime_init(handle);
  curl_mime_subparts(part, group);
  curl_mime_type(part, type);
  return group;
}

curl_mimepart* add_file(curl_mime* to, const Attachment& file) {
  curl_mimepart* part = curl_mime_addpart(to);
  curl_mime_data(part, file.bytes.data(), file.bytes.size());
  curl_mime_type(part, file.type.c_str());
  curl_mime_encoder(part, "base64");
  return part;
}

void add_attached(curl_mime* to, const Attachment& file) {
  curl_mime_filename(add_file(to, file), file.name.c_str());
}

void add_shown(curl_mime* to, const Attachment& file) {
  curl_mimepart* part = add_file(to, file);
  const auto id = "Content-ID: <" + file.content_id + ">";
  const auto place = "Content-Disposition: inline; filename=\"" + file.name + "\"";
  curl_slist* headers = curl_slist_append(nullptr, id.c_str());
  headers = curl_slist_append(headers, place.c_str());
  curl_mime_headers(part, headers, 1);
}

}  // namespace

Transfer::Transfer(const Settings& settings, const ServerUrl& server, const Mailbox& from)
    : handle_(curl_easy_init()), from_("<" + from.address + ">") {
  if (handle_ == nullptr) throw std::runtime_error("libcurl has no memory left");
  set_fixed_options(settings, server);
}

Transfer::~Transfer() {
  clear();
  curl_easy_cleanup(handle_);
}

void Transfer::clear() {
  curl_easy_setopt(handle_, CURLOPT_MIMEPOST, nullptr);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, nullptr);
  curl_mime_free(std::exchange(mime_, nullptr));
  curl_slist_free_all(std::exchange(headers_, nullptr));
  curl_slist_free_all(std::exchange(recipients_, nullptr));
}

void Transfer::set_fixed_options(const Settings& settings, const ServerUrl& server) {
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  // An empty text, unlike none, keeps the environment's proxies away.
  curl_easy_setopt(handle_, CURLOPT_PROXY, "");
  curl_easy_setopt(handle_, CURLOPT_URL, server.url.c_str());
  curl_easy_setopt(
      handle_,
      CURLOPT_USE_SSL,
      static_cast<long>(server.needs_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings.ca_file.empty()) {
    curl_easy_setopt(handle_, CURLOPT_CAINFO, settings.ca_file.c_str());
    curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  }
  if (!settings.user.empty()) {
    curl_easy_setopt(handle_, CURLOPT_USERNAME, settings.user.c_str());
    curl_easy_setopt(handle_, CURLOPT_PASSWORD, settings.password.reveal().c_str());
  }
  curl_easy_setopt(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(
      handle_, CURLOPT_MAXAGE_CONN, static_cast<long>(limits::idle_connection_time.count()));
  curl_easy_setopt(
      handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_time.count()));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.attempt_time.count()));
  curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle_, CURLOPT_MAIL_FROM, from_.c_str());
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_line);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_line);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_.data());
}

Transfer& Transfer::of(CURL* handle) {
  char* self = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &self);
  return *reinterpret_cast<Transfer*>(self);
}

/// mixed ( related ( alternative ( text, HTML ), what HTML shows ), what is attached )
void Transfer::make_body(const Mail& mail) {
  mime_ = curl_mime_init(handle_);
  curl_mime* related = add_group(handle_, mime_, "multipart/related");
  curl_mime* both = add_group(handle_, related, "multipart/alternative");
  add_text(both, mail.text, "text/plain; charset=utf-8");
  add_text(both, mail.html, "text/html; charset=utf-8");
  for (const auto& file : mail.attachments) {
    if (!file.content_id.empty()) add_shown(related, file);
  }
  for (const auto& file : mail.attachments) add_attached(mime_, file);
}

void Transfer::prepare(const Mail& mail, const std::string& address) {
  clear();
  line_.clear();
  error_[0] = '\0';
  make_body(mail);
  for (const auto& header : mail.headers) headers_ = curl_slist_append(headers_, header.c_str());
  recipients_ = curl_slist_append(nullptr, ("<" + address + ">").c_str());
  curl_easy_setopt(handle_, CURLOPT_MIMEPOST, mime_);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(handle_, CURLOPT_MAIL_RCPT, recipients_);
}

/// After a refusal libcurl takes leave of the server, whose answer to that is of no interest.
std::size_t Transfer::on_line(
    const char* data, std::size_t, std::size_t size, void* self) noexcept {
  auto& line = static_cast<Transfer*>(self)->line_;
  const bool is_refusal = line.starts_with('4') || line.starts_with('5');
  if (is_refusal) return size;
  line.assign(data, std::min(size, limits::reply_length_max));
  for (auto& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f || c == '"') c = ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  return size;
}

ServerReply Transfer::reply(CURLcode result) const {
  ServerReply reply;
  reply.result = result;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_off_t sent = 0;
  curl_easy_getinfo(handle_, CURLINFO_SIZE_UPLOAD_T, &sent);
  reply.has_sent = sent > 0;
  reply.text = line_;
  reply.error = error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
  return reply;
}

}  // namespace cavea::outbound::mail
