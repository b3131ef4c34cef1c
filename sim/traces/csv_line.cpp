#include "sim/traces/csv_line.hpp"

#include <new>

namespace orrery {
namespace {

constexpr unsigned char strictly = CSV_STRICT | CSV_STRICT_FINI;

}  // namespace

CsvLine::CsvLine() {
  if (csv_init(&parser_, strictly) != 0) throw std::bad_alloc();
}

CsvLine::~CsvLine() { csv_free(&parser_); }

bool CsvLine::split(std::string_view line) {
  field_count_ = 0;
  const bool is_split =
      csv_parse(&parser_, line.data(), line.size(), add_field, nullptr, this) == line.size() &&
      csv_fini(&parser_, add_field, nullptr, this) == 0;
  if (is_split) return true;
  // After an error the parser stands somewhere inside of a line.
  field_count_ = 0;
  csv_free(&parser_);
  if (csv_init(&parser_, strictly) != 0) throw std::bad_alloc();
  return false;
}

void CsvLine::add_field(void* text, std::size_t size, void* self) {
  auto& line = *static_cast<CsvLine*>(self);
  if (line.field_count_ == line.fields_.size()) line.fields_.emplace_back();
  line.fields_[line.field_count_++].assign(static_cast<const char*>(text), size);
}

}  // namespace orrery
