#include "http/json/document.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cavea::http::json {

namespace {

/// What is inside quotes in nlohmann's message is of no use to our callers; we say it in our words.
std::string words_for(const nlohmann::detail::exception& problem, const std::string& token) {
  const std::string_view what = problem.what();
  if (what.find("UTF-8") != std::string_view::npos) return "the text is not valid UTF-8";
  if (what.find("unexpected end of input") != std::string_view::npos) {
    return "the text ends too early";
  }
  if (what.find("control character") != std::string_view::npos) {
    return "a control character in a string must be escaped";
  }
  if (what.find("number overflow") != std::string_view::npos) return "a number is too large";
  constexpr std::size_t shown_max = 20;
  const bool is_printable =
      std::all_of(token.begin(), token.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (token.empty() || token.size() > shown_max || !is_printable) return "this is not JSON";
  return "\"" + token + "\" is not JSON here";
}

/// A document that goes wrong this often is not read to its end: nobody writes so many by mistake,
/// and what a client sends must not grow into an answer many times as long.
constexpr std::size_t repeated_max = 20;

/// Builds the tree from the events of the parser, which alone sees names that come twice.
class DocumentBuilder final : public nlohmann::json_sax<Json> {
 public:
  explicit DocumentBuilder(std::string_view text) : text_(text) {}

  bool null() override { return add(nullptr); }

  bool boolean(bool value) override { return add(value); }

  bool number_integer(number_integer_t value) override { return add(value); }

  bool number_unsigned(number_unsigned_t value) override { return add(value); }

  bool number_float(number_float_t value, const string_t&) override { return add(value); }

  bool string(string_t& value) override { return add(std::move(value)); }

  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(Json::object()); }

  bool key(string_t& name) override {
    auto& frame = open_.back();
    frame.key = name;
    frame.is_repeated = frame.node->contains(name);
    if (frame.is_repeated) {
      findings_.faults.push_back({pointer(), "must not be given twice"});
    }
    return findings_.faults.size() < repeated_max;
  }

  bool end_object() override { return close(); }

  bool start_array(std::size_t) override { return open(Json::array()); }

  bool end_array() override { return close(); }

  bool parse_error(
      std::size_t position,
      const std::string& token,
      const nlohmann::detail::exception& problem) override {
    return fail(position == 0 ? 0 : position - 1, words_for(problem, token));
  }

  [[nodiscard]] bool has_faults() const { return !findings_.faults.empty(); }

  Json take_root() { return std::move(root_); }

  BadInput take_findings() { return std::move(findings_); }

 private:
  struct Frame {
    Json* node = nullptr;
    std::string key{};
    bool is_repeated = false;
  };

  bool fail(std::size_t position, std::string_view why) {
    findings_.severity = Severity::malformed;
    findings_.faults.clear();
    findings_.detail = position_words(text_, std::min(position, text_.size()));
    findings_.detail.append(": ").append(why);
    return false;
  }

  bool add(Json value) {
    put(std::move(value));
    return true;
  }

  Json* put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    auto& frame = open_.back();
    if (frame.node->is_array()) {
      frame.node->push_back(std::move(value));
      return &frame.node->back();
    }
    auto& member = (*frame.node)[frame.key];
    member = std::move(value);
    return &member;
  }

  bool open(Json container) {
    if (open_.size() >= depth_max) {
      findings_.severity = Severity::malformed;
      findings_.detail = "the document is nested more than " + std::to_string(depth_max) + " deep";
      return false;
    }
    Json* node = put(std::move(container));
    open_.push_back({.node = node});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  [[nodiscard]] std::string pointer() const {
    std::vector<Path> chain(open_.size() + 1);
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const auto& frame = open_[i];
      chain[i + 1] = frame.node->is_array() ? chain[i].element(frame.node->size() - 1)
                                            : chain[i].member(frame.key);
      chain[i + 1].parent = &chain[i];
    }
    return chain.back().pointer();
  }

  std::string_view text_;
  Json root_;
  std::vector<Frame> open_;
  BadInput findings_;
};

}  // namespace

std::string position_words(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const auto column =
      before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

engine::Result<Json, BadInput> parse_document(std::string_view text) {
  DocumentBuilder builder(text);
  if (!Json::sax_parse(text.begin(), text.end(), &builder) || builder.has_faults()) {
    return builder.take_findings();
  }
  return builder.take_root();
}

}  // namespace cavea::http::json
