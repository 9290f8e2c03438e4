#include "tests/tidy/function_scan.hpp"

#include "tests/tidy/source_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace cavea::tidy {
namespace {

enum class Brace {
  /// Of a namespace or a class: functions may stand in it.
  scope,
  /// Of a function's body.
  function,
  /// Part of a head that goes on after it: a default argument, a member initializer.
  initializer,
  /// Anything else: a table, an enumeration, a block in a function.
  other,
};

bool is_blank(char character) {
  return std::isspace(static_cast<unsigned char>(character)) != 0;
}

/// The first word, and the text without it. A symbol is a word of its own.
std::string_view take_word(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  std::size_t length = 0;
  while (length < text.size() && is_word(text[length])) ++length;
  if (length == 0 && !text.empty()) length = 1;
  const auto word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

/// Removes a bracketed part that starts the text, if one does.
void skip_brackets(std::string_view& text, char open, char close) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  if (text.empty() || text.front() != open) return;
  int depth = 0;
  while (!text.empty()) {
    if (text.front() == open) ++depth;
    if (text.front() == close) --depth;
    text.remove_prefix(1);
    if (depth == 0) return;
  }
}

/// Whether the head opens a namespace, a class, a union or an `extern "C"` block; an enumeration
/// reads like a class and holds no function.
bool opens_scope(std::string_view head) {
  constexpr std::array scopes{"namespace", "class", "struct", "union", "enum"};
  constexpr std::array before{"inline", "static", "constexpr", "typedef", "export"};
  while (true) {
    auto rest = head;
    const auto word = take_word(rest);
    if (word == "[") {
      skip_brackets(head, '[', ']');
    } else if (word == "template") {
      skip_brackets(rest, '<', '>');
      head = rest;
    } else if (word == "requires") {
      skip_brackets(rest, '(', ')');
      head = rest;
    } else if (std::ranges::find(before, word) != before.end()) {
      head = rest;
    } else if (word == "extern") {
      return rest.find('(') == std::string_view::npos;
    } else if (std::ranges::find(scopes, word) != scopes.end()) {
      auto name = rest;
      const auto next = take_word(name);
      if (next == "alignas") skip_brackets(name, '(', ')');
      // A base class may have parentheses, a function that returns `struct x` has them before that.
      return name.substr(0, name.find(':')).find('(') == std::string_view::npos;
    } else {
      return false;
    }
  }
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : code_(without_comments_and_literals(text)) {
    blank_directives();
  }

  std::vector<FunctionSpan> run() {
    for (const char character : code_) {
      step(character);
      if (character == '\n') ++line_;
    }
    return std::move(functions_);
  }

 private:
  /// Preprocessor lines are no code; a macro's braces need not even be balanced.
  void blank_directives() {
    bool directive = false;
    bool line_start = true;
    for (std::size_t at = 0; at < code_.size(); ++at) {
      if (code_[at] == '\n') {
        directive = directive && at > 0 && code_[at - 1] == '\\';
        line_start = true;
        continue;
      }
      if (line_start && !is_blank(code_[at])) {
        directive = directive || code_[at] == '#';
        line_start = false;
      }
      // The backslash stays, for the end of the line to see.
      if (directive && code_[at] != '\\') code_[at] = ' ';
      if (directive && code_[at] == '\\' && (at + 1 == code_.size() || code_[at + 1] != '\n'))
        code_[at] = ' ';
    }
  }

  bool reads_head() const {
    return open_.empty() || open_.back() == Brace::scope || open_.back() == Brace::initializer;
  }

  void step(char character) {
    if (character == '{') return opens();
    if (character == '}') return closes();
    if (!reads_head()) return;
    if (open_.empty() || open_.back() == Brace::scope) {
      if (character == '(') ++parentheses_;
      if (character == ')') --parentheses_;
      if (character == ';' && parentheses_ <= 0) return forget_head();
      // An access specifier ends like a label; it is no part of the head after it.
      if (character == ':' && is_access_specifier()) return forget_head();
      if (character == '\\') return;
    }
    if (head_.empty()) {
      if (is_blank(character)) return;
      head_line_ = line_;
    }
    head_ += character;
  }

  bool is_access_specifier() const {
    return head_ == "public" || head_ == "protected" || head_ == "private";
  }

  void forget_head() {
    head_.clear();
    parentheses_ = 0;
  }

  void opens() {
    const auto kind = classify();
    if (kind == Brace::function) {
      functions_.push_back({.name = head_.substr(0, head_.find('(')), .first_line = head_line_});
    }
    open_.push_back(kind);
    if (kind != Brace::initializer) forget_head();
  }

  void closes() {
    if (open_.empty()) return;
    const auto kind = open_.back();
    open_.pop_back();
    if (kind == Brace::function) functions_.back().last_line = line_;
    if (kind == Brace::initializer) {
      head_ += '}';
    } else if (open_.empty() || open_.back() == Brace::scope) {
      forget_head();
    }
  }

  Brace classify() const {
    if (!open_.empty() && open_.back() == Brace::initializer) return Brace::initializer;
    if (!open_.empty() && open_.back() != Brace::scope) return Brace::other;
    if (parentheses_ > 0) return Brace::initializer;
    if (opens_scope(head_)) return Brace::scope;
    if (head_.find('(') == std::string::npos) return Brace::other;
    return is_member_initializer() ? Brace::initializer : Brace::function;
  }

  /// Whether the head is a constructor's, in its list of initializers, and ends in a member's name:
  /// `Queue(int limit) : limit_{`. Its body follows a parenthesis or a brace.
  bool is_member_initializer() const {
    const auto colon = list_colon();
    if (colon == std::string::npos) return false;
    auto end = head_.size();
    while (end > colon && is_blank(head_[end - 1])) --end;
    return is_word(head_[end - 1]) || head_[end - 1] == '>';
  }

  /// Where the first single colon outside of parentheses stands, after at least one pair of them.
  std::size_t list_colon() const {
    int depth = 0;
    bool seen = false;
    for (std::size_t at = 0; at < head_.size(); ++at) {
      if (head_[at] == '(') ++depth;
      if (head_[at] == ')') --depth;
      seen = seen || head_[at] == ')';
      if (head_[at] != ':' || depth != 0) continue;
      if (at + 1 < head_.size() && head_[at + 1] == ':') {
        ++at;
      } else if (seen) {
        return at;
      }
    }
    return std::string::npos;
  }

  std::string code_;
  std::size_t line_ = 1;
  std::vector<Brace> open_;
  /// The code since the last statement or brace, where a function may begin.
  std::string head_;
  std::size_t head_line_ = 1;
  int parentheses_ = 0;
  std::vector<FunctionSpan> functions_;
};

}  // namespace

std::vector<FunctionSpan> functions_in(std::string_view text) {
  return Scanner(text).run();
}

}  // namespace cavea::tidy
