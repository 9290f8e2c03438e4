#include "http/admission.hpp"

#include "http/server_problem.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace cavea::http {

namespace {

/// An id that somebody else made is repeated in answers and logs: only what cannot do harm there.
bool is_sane_id(std::string_view id) {
  if (id.empty() || id.size() > limits::request_id_bytes) return false;
  for (const char c : id) {
    const bool is_letter = to_lower(c) >= 'a' && to_lower(c) <= 'z';
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_letter && !is_digit && c != '-' && c != '_' && c != '.' && c != ':') return false;
  }
  return true;
}

bool is_lower_hex(std::string_view text) {
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

void write_hex(char* out, std::uint32_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int i = 7; i >= 0; --i) {
    out[i] = digits[value & 15];
    value >>= 4;
  }
}

/// Fields that decide what a request does and for whom. They are no lists (RFC 9110, 5.3): of two,
/// a proxy may read one and we the other.
constexpr std::array<std::string_view, 4> single_fields{
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match"};

/// The first of them that comes twice; empty: none does.
std::string_view doubled_field(std::span<const HeaderField> headers) {
  for (const auto name : single_fields) {
    const auto count = std::count_if(headers.begin(), headers.end(), [&](const auto& field) {
      return equal_ignoring_case(field.name, name);
    });
    if (count > 1) return name;
  }
  return {};
}

/// Decodes into memory that was reserved before, so that earlier views stay where they are.
bool decode(
    std::string_view text, bool plus_is_space, std::string& storage, std::string_view& out) {
  if (text.find('%') == std::string_view::npos
      && (!plus_is_space || text.find('+') == std::string_view::npos)) {
    out = text;
    return true;
  }
  const auto begin = storage.size();
  if (!percent_decode(text, plus_is_space, storage)) return false;
  out = std::string_view(storage).substr(begin);
  return true;
}

/// False when an escape is broken or there are too many.
bool read_query(std::string_view text, AdmittedRequest& admitted) {
  std::size_t count = 0;
  while (!text.empty()) {
    auto pair = take_until(text, '&');
    if (pair.empty()) continue;
    if (count == admitted.query.size()) return false;
    auto& parameter = admitted.query[count++];
    const auto name = take_until(pair, '=');
    if (!decode(name, true, admitted.decoded, parameter.name)
        || !decode(pair, true, admitted.decoded, parameter.value)) {
      return false;
    }
  }
  admitted.request.query = {admitted.query.data(), count};
  return true;
}

}  // namespace

std::string_view trace_id_of(std::string_view traceparent) noexcept {
  // version "-" trace id "-" parent id "-" flags; later versions may add fields.
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-'
      || traceparent[52] != '-') {
    return {};
  }
  const auto version = traceparent.substr(0, 2);
  const auto trace_id = traceparent.substr(3, 32);
  const auto parent_id = traceparent.substr(36, 16);
  const auto flags = traceparent.substr(53, 2);
  if (!is_lower_hex(version) || version == "ff" || !is_lower_hex(flags)) return {};
  if (version == "00" && traceparent.size() != 55) return {};
  if (!is_lower_hex(trace_id) || is_zero(trace_id)) return {};
  if (!is_lower_hex(parent_id) || is_zero(parent_id)) return {};
  return trace_id;
}

bool Admission::admit(
    const RequestHead& head, engine::Timestamp now, AdmittedRequest& admitted, Response& refusal) {
  auto& request = admitted.request;
  request = {};
  request.headers = head.fields;
  request.received_at = now;
  admitted.route = -1;
  admitted.is_head = head.method == "HEAD";
  admitted.is_options = head.method == "OPTIONS";
  admitted.has_preflight = false;
  admitted.origin = request.header("Origin");
  name_request(admitted);

  if (head.expects_other) {
    fill_problem(
        refusal,
        ServerProblem::expectation_failed,
        "Only 100-continue is known.",
        request.request_id);
    return false;
  }
  if (const auto name = doubled_field(request.headers); !name.empty()) {
    const auto detail = "The header field '" + std::string(name) + "' must not come twice.";
    fill_problem(refusal, ServerProblem::invalid_request, detail, request.request_id);
    return false;
  }
  RouteMatch match;
  if (!is_target_clear(head, admitted, match, refusal)) return false;
  if (!is_method_taken(head, match, admitted, refusal)) return false;
  if (admitted.is_options) return true;
  return is_caller_allowed(
      router_.routes()[static_cast<std::size_t>(admitted.route)], now, admitted, refusal);
}

void Admission::admit_nothing(AdmittedRequest& admitted) {
  admitted.request = {};
  admitted.route = -1;
  admitted.is_head = false;
  admitted.is_options = false;
  admitted.has_preflight = false;
  admitted.origin = {};
  admitted.allow = {};
  make_id(admitted);
}

void Admission::make_id(AdmittedRequest& admitted) {
  write_hex(admitted.made_id.data(), id_prefix_);
  write_hex(admitted.made_id.data() + 8, ids_made_++);
  admitted.request.request_id = {admitted.made_id.data(), admitted.made_id.size()};
}

void Admission::name_request(AdmittedRequest& admitted) {
  // One walk over the fields for both names; most clients send neither.
  auto& request = admitted.request;
  for (const auto& field : request.headers) {
    if (field.name.size() == 12 && equal_ignoring_case(field.name, "X-Request-Id")) {
      if (is_sane_id(field.value)) request.request_id = field.value;
    } else if (field.name.size() == 11 && equal_ignoring_case(field.name, "traceparent")) {
      request.trace_id = trace_id_of(field.value);
    }
  }
  if (request.request_id.empty()) make_id(admitted);
}

bool Admission::is_target_clear(
    const RequestHead& head, AdmittedRequest& admitted, RouteMatch& match, Response& refusal) {
  auto& request = admitted.request;
  auto target = head.target;
  if (admitted.is_options && target == "*") {
    admitted.allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    return true;
  }
  // The absolute form (RFC 9112, 3.2.2): a client that thinks we are a proxy.
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const auto slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  match = router_.find(request.path);
  admitted.allow = match.allow;
  if (match.by_method == nullptr) {
    fill_problem(
        refusal,
        ServerProblem::route_not_found,
        "There is nothing at this path.",
        request.request_id);
    return false;
  }
  admitted.decoded.clear();
  admitted.decoded.reserve(target.size());
  bool is_clear =
      question == std::string_view::npos || read_query(target.substr(question + 1), admitted);
  for (std::size_t i = 0; i < match.parameter_count; ++i) {
    is_clear = is_clear
               && decode(match.parameters[i], false, admitted.decoded, request.path_parameters[i]);
  }
  if (is_clear) return true;
  fill_problem(
      refusal,
      ServerProblem::invalid_request,
      "The path or query string has a broken percent escape, or too many parameters.",
      request.request_id);
  return false;
}

bool Admission::is_method_taken(
    const RequestHead& head,
    const RouteMatch& match,
    AdmittedRequest& admitted,
    Response& refusal) {
  if (admitted.is_options) {
    admitted.has_preflight = !admitted.origin.empty()
                             && !admitted.request.header("Access-Control-Request-Method").empty();
    return true;
  }
  const auto method = admitted.is_head ? std::optional(Method::get) : method_from(head.method);
  if (method) {
    admitted.request.method = *method;
    admitted.route = (*match.by_method)[static_cast<std::size_t>(*method)];
  }
  if (admitted.route >= 0) return true;
  fill_problem(
      refusal,
      ServerProblem::method_not_allowed,
      "The field 'Allow' lists the methods of this address.",
      admitted.request.request_id);
  refusal.add_header("Allow", match.allow);
  return false;
}

bool Admission::is_caller_allowed(
    const Route& route, engine::Timestamp now, AdmittedRequest& admitted, Response& refusal) {
  if (route.access == Access::anyone) return true;

  auto& request = admitted.request;
  const auto principal = authenticator_.authenticate(request.header("Authorization"), now);
  if (!principal) {
    fill_problem(
        refusal,
        ServerProblem::unauthenticated,
        sentence_of(principal.error()),
        request.request_id);
    return false;
  }
  admitted.principal = **principal;
  request.principal = &admitted.principal;
  if (route.access == Access::user || admitted.principal.is_admin()) return true;
  const bool is_for_doors = route.access == Access::door;
  if (is_for_doors && admitted.principal.role == Role::door) return true;
  fill_problem(
      refusal,
      ServerProblem::forbidden,
      is_for_doors ? "Only doors and administrators may do this."
                   : "Only administrators may do this.",
      request.request_id);
  return false;
}

}  // namespace cavea::http
