#include "cli/text_table.h"

#include <gtest/gtest.h>

#include <clocale>
#include <sstream>

namespace parley::cli {
namespace {

std::string print(const TextTable& table, bool terminal, unsigned width = 80) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  table.print({.in = in, .out = out, .err = err, .out_is_terminal = terminal, .width = width});
  return out.str();
}

TextTable people() {
  TextTable table({"name", "says"});
  table.add({"Ines", "good morning to all of you"});
  table.add({"Bartholomew", "hm"});
  return table;
}

TEST(TextTable, APipeGetsRowsPartedByTabsAndNothingElse) {
  EXPECT_EQ(print(people(), false, 10), "Ines\tgood morning to all of you\nBartholomew\thm\n");
}

TEST(TextTable, ATerminalGetsAlignedColumns) {
  EXPECT_EQ(print(people(), true),
            "name         says\n"
            "-----------  --------------------------\n"
            "Ines         good morning to all of you\n"
            "Bartholomew  hm\n");
}

TEST(TextTable, TheLastColumnIsCutToTheTerminal) {
  EXPECT_EQ(print(people(), true, 30),
            "name         says\n"
            "-----------  -----------------\n"
            "Ines         good morning to …\n"
            "Bartholomew  hm\n");
}

TEST(TextTable, WideAndAccentedCharactersKeepTheColumnsAligned) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("\xff"), 1U) << "a malformed byte";
  TextTable table({"a", "b"});
  table.add({"日本", "x"});
  table.add({"é", "y"});
  EXPECT_EQ(print(table, true), "a     b\n----  -\n日本  x\né     y\n");
}

TEST(TextTable, StoredTextCannotDriveTheTerminal) {
  EXPECT_EQ(printable("a\tb\nc\rd\x1b[2Je\x7f"), "a\\tb\\nc\\rd\\x1b[2Je\\x7f");
  EXPECT_EQ(printable("déjà 日本"), "déjà 日本");
}

}  // namespace
}  // namespace parley::cli
