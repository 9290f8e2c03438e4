#include "app/csv.hpp"

#include <csv.h>

#include <algorithm>
#include <utility>

namespace cavea::app {
namespace {

/// What the callbacks of libcsv gather. The library knows no lines, so it is fed line by line.
struct Gathered {
  std::vector<CsvRow> rows;
  CsvRow current;
  std::size_t line = 1;

  void begin_record_if_none() {
    if (current.line == 0) current.line = line;
  }
};

void on_field(void* data, std::size_t size, void* gathered) {
  auto& to = *static_cast<Gathered*>(gathered);
  to.begin_record_if_none();
  to.current.fields.emplace_back(static_cast<const char*>(data), size);
}

void on_record_end(int, void* gathered) {
  auto& to = *static_cast<Gathered*>(gathered);
  to.rows.push_back(std::exchange(to.current, {}));
}

/// The parser of libcsv, freed at the end.
class Parser {
 public:
  Parser() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }

  ~Parser() { csv_free(&parser_); }

  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  [[nodiscard]] bool take(std::string_view text, Gathered& to) {
    const auto used = csv_parse(&parser_, text.data(), text.size(), on_field, on_record_end, &to);
    return used == text.size();
  }

  [[nodiscard]] bool finish(Gathered& to) {
    return csv_fini(&parser_, on_field, on_record_end, &to) == 0;
  }

  /// Whether a quoted field has begun and not ended.
  [[nodiscard]] bool is_inside_quotes() const { return parser_.quoted != 0; }

 private:
  csv_parser parser_{};
};

}  // namespace

engine::Result<std::vector<CsvRow>, CsvError> read_csv(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Parser parser;
  Gathered gathered;
  while (!text.empty()) {
    const auto length = std::min(text.find('\n'), text.size() - 1) + 1;
    if (parser.is_inside_quotes()) gathered.begin_record_if_none();
    if (!parser.take(text.substr(0, length), gathered)) {
      return CsvError{
          gathered.line,
          "a double quote stands inside a field without quotes, or text follows a closing quote; "
          "put the whole field in quotes and double those inside it"};
    }
    // A field in quotes may go on over lines: then the record began where the quote did.
    if (parser.is_inside_quotes()) gathered.begin_record_if_none();
    text.remove_prefix(length);
    ++gathered.line;
  }
  if (!parser.finish(gathered)) {
    return CsvError{
        gathered.current.line == 0 ? gathered.line : gathered.current.line,
        "a field in quotes has no closing quote"};
  }
  return std::move(gathered.rows);
}

}  // namespace cavea::app
