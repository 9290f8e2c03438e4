#include "http/page_stream.hpp"

#include "http/exchange.hpp"
#include "http/limits.hpp"
#include "http/problem.hpp"

#include <variant>

namespace cavea::http {

void PageStream::begin(TimePoint now) {
  ask_at_ = now;
  over_at_ = now + limits::change_stream_time;
}

bool PageStream::take(std::string& out) {
  if (text_.empty()) return false;
  if (out.empty()) {
    out.swap(text_);
    return true;
  }
  out.append(text_);
  text_.clear();
  return true;
}

std::optional<engine::Query> PageStream::next_query(TimePoint now) {
  if (is_asking_ || has_ended_ || now < ask_at_) return std::nullopt;
  is_asking_ = true;
  return query();
}

void PageStream::on_answer(const engine::Answer& answer, TimePoint now) {
  is_asking_ = false;
  if (append(answer)) return;
  const auto* refusal = std::get_if<engine::Refusal>(&answer);
  if (refusal != nullptr && engine::is_worth_retrying(refusal->reason)) {
    ask_at_ = now + limits::change_retry_time;
    return;
  }
  Response problem;
  if (refusal != nullptr) write_refusal(problem, *refusal, {});
  end("end", problem);
}

void PageStream::end(std::string_view event, const Response& problem) {
  text_.append("event: ").append(event).append("\ndata: ").append(problem.body).append("\n\n");
  has_ended_ = true;
}

}  // namespace cavea::http
