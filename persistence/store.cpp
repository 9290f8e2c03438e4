#include "persistence/store.hpp"

#include "persistence/seal.hpp"

namespace cavea::persistence {

namespace {

std::optional<StoreError> walk(Column column, Cursor& cursor, const View::Visitor& visit) {
  for (; cursor.valid(); cursor.next()) {
    const auto value = cursor.value();
    if (!value) return damaged_record(column, cursor.key());
    if (!visit(cursor.key(), *value)) return std::nullopt;
  }
  return cursor.error();
}

}  // namespace

std::string_view name_of(Column column) {
  switch (column) {
    case Column::log:
      return "log";
    case Column::meta:
      return "meta";
    case Column::state:
      return "state";
  }
  return "unknown";
}

std::optional<StoreError> View::scan(
    Column column, std::string_view from, std::string_view to, const Visitor& visit) const {
  return walk(column, *cursor(column, from, to, Direction::forward), visit);
}

std::optional<StoreError> View::scan_backwards(
    Column column, std::string_view from, std::string_view to, const Visitor& visit) const {
  return walk(column, *cursor(column, from, to, Direction::backward), visit);
}

}  // namespace cavea::persistence
