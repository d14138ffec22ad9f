#include "cli/text_table.h"

#include <fmt/format.h>
#include <wchar.h>

#include <algorithm>
#include <ostream>

namespace parley::cli {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::size_t kLastColumnWidthMin = 16;

/// The code point at the front of `utf8`, and removes it; a malformed byte stands for itself.
char32_t take_code_point(std::string_view& utf8) {
  const auto first = static_cast<unsigned char>(utf8.front());
  const std::size_t size = first < 0x80    ? 1
                           : first >= 0xf0 ? 4
                           : first >= 0xe0 ? 3
                           : first >= 0xc0 ? 2
                                           : 1;
  char32_t code = size == 1 ? first : first & (0xffU >> (size + 1));
  if (utf8.size() < size) {
    utf8.remove_prefix(1);
    return first;
  }
  for (std::size_t i = 1; i < size; ++i) {
    code = code << 6 | (static_cast<unsigned char>(utf8[i]) & 0x3fU);
  }
  utf8.remove_prefix(size);
  return code;
}

std::size_t width_of(char32_t code) {
  // -1 for what the C library does not know, which a terminal most likely draws in one column.
  const int width = ::wcwidth(static_cast<wchar_t>(code));
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t used = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view after = rest;
    used += width_of(take_code_point(after));
    if (used + 1 > width) break;
    rest = after;
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) width += width_of(take_code_point(utf8));
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

void TextTable::print(const Console& console) const {
  if (!console.out_is_terminal) {
    for (const auto& row : rows_) console.out << fmt::format("{}\n", fmt::join(row, "\t"));
    return;
  }
  std::vector<std::size_t> widths;
  widths.reserve(headings_.size());
  for (const auto& heading : headings_) widths.push_back(display_width(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + kGap.size();
  const std::size_t room = console.width > before_last ? console.width - before_last : 0;
  widths.back() = std::min(widths.back(), std::max(room, kLastColumnWidthMin));

  const auto print_row = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = cut(row[i], widths[i]);
      line += cell;
      if (i + 1 < row.size()) line.append(widths[i] - display_width(cell) + kGap.size(), ' ');
    }
    console.out << line << '\n';
  };
  print_row(headings_);
  std::vector<std::string> rule;
  rule.reserve(widths.size());
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  print_row(rule);
  for (const auto& row : rows_) print_row(row);
}

}  // namespace parley::cli
