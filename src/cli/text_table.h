// TextTable: rows of text as an aligned table on a terminal, as tab-separated lines in a pipe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"

namespace parley::cli {

/// Columns a terminal takes for `utf8`.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

/// `text` with line breaks, tabs and other control characters made visible ("\n", "\t", "\x1b"), so
/// that stored text can neither break a line nor drive the terminal.
[[nodiscard]] std::string printable(std::string_view text);

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// On a terminal: headings, a rule, rows; the last column is cut to the terminal's width. In a
  /// pipe: the rows alone, cells parted by tabs, nothing cut.
  void print(const Console& console) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace parley::cli
