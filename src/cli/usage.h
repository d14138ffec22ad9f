// What the program says about its own command line: the text of --help, and of wrong usage.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::cli {

/// Lays out --help: choices and defaults of an option as people write them, long lines broken.
[[nodiscard]] std::shared_ptr<CLI::FormatterBase> help_formatter();

/// A check that the value is one of `choices`; the words it adds to the option's type are read by
/// choices_of().
[[nodiscard]] CLI::Validator one_of(std::initializer_list<const char*> choices);
/// The values of an option checked by one_of(); empty for others.
[[nodiscard]] std::vector<std::string> choices_of(const CLI::Option& option);

/// A check that the value can stand in an ARN and in a host's name as a region does.
[[nodiscard]] CLI::Validator region_name();

/// The command that `arguments` name, as deep as they name one; `program` if none.
[[nodiscard]] const CLI::App& command_named(const CLI::App& program,
                                            const std::vector<std::string>& arguments);

/// A sentence on the first of `arguments` that stands where a command is wanted and is none.
[[nodiscard]] std::optional<std::string> unknown_command(const CLI::App& program,
                                                         const std::vector<std::string>& arguments);

/// One sentence on what is wrong with `arguments`, which `program` failed to parse with `error`;
/// for a misspelt command or option it names the one that was probably meant.
[[nodiscard]] std::string usage_fault(const CLI::App& program,
                                      const std::vector<std::string>& arguments,
                                      const CLI::ParseError& error);

}  // namespace parley::cli
