#include "cli/usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace parley::cli {
namespace {

constexpr std::size_t kNameColumns = 30;
constexpr std::size_t kDescriptionColumns = 66;
// The largest edit distance at which a word counts as misspelt.
constexpr std::size_t kMisspeltMax = 2;
// A region's name is part of host names, whose labels have this many characters at most.
constexpr std::size_t kRegionSizeMax = 63;

/// `text` in lines of at most `columns`, broken at spaces.
std::string broken(const std::string& text, std::size_t columns) {
  std::string out;
  std::size_t used = 0;
  for (const std::string& word : CLI::detail::split(text, ' ')) {
    if (used > 0 && used + 1 + word.size() > columns) {
      out += '\n';
      used = 0;
    }
    if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
  return out;
}

/// "fsync|os|none", "PORT"; what stands for the option's value.
std::string placeholder(const CLI::Option& option) {
  const auto choices = choices_of(option);
  if (!choices.empty()) return fmt::format("{}", fmt::join(choices, "|"));
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    if (!is_positional) {
      std::string names;
      for (const std::string& name : option->get_snames()) names += "-" + name + ", ";
      for (const std::string& name : option->get_lnames()) names += "--" + name + ", ";
      return names.substr(0, names.size() - 2);
    }
    return placeholder(*option);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional() || option->get_type_size() == 0) return "";
    return " " + placeholder(*option);
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string standard = option->get_default_str();
    return broken(option->get_description() + (standard.empty() ? "" : " [" + standard + "]"),
                  kDescriptionColumns);
  }
  std::string make_footer(const CLI::App* app) const override { return app->get_footer(); }
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = i;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[to.size()];
}

/// ", did you mean …?" if one of `words` is near to `word`.
std::string suggestion(const std::string& word, const std::vector<std::string>& words) {
  const std::string* best = nullptr;
  std::size_t best_distance = kMisspeltMax + 1;
  for (const std::string& each : words) {
    const std::size_t distance = edit_distance(word, each);
    if (distance >= best_distance || distance >= word.size()) continue;
    best = &each;
    best_distance = distance;
  }
  return best == nullptr ? "" : fmt::format("; did you mean {}?", *best);
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

/// "parley ddb scan"
std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : full_name(*app.get_parent()) + " " + app.get_name();
}

/// The first option that `command` does not have.
std::optional<std::string> unknown_option(const CLI::App& command,
                                          const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    const bool is_option = argument.starts_with("--") ||
                           (argument.size() > 1 && argument[0] == '-' && !is_digit(argument[1]));
    if (!is_option) continue;
    const std::string name = argument.substr(0, argument.find('='));
    if (std::ranges::find(names, name) != names.end()) continue;
    return fmt::format("{} has no option {}{}", full_name(command), name, suggestion(name, names));
  }
  return std::nullopt;
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  auto formatter = std::make_shared<HelpFormatter>();
  formatter->column_width(kNameColumns);
  formatter->label("SUBCOMMAND", "COMMAND");
  formatter->label("Positionals", "Arguments");
  return formatter;
}

CLI::Validator one_of(std::initializer_list<const char*> choices) {
  const std::vector<std::string> values(choices.begin(), choices.end());
  return {[values](std::string& value) -> std::string {
            if (std::ranges::find(values, value) != values.end()) return "";
            const auto last = values.end() - 1;
            return fmt::format("\"{}\" is not {} or {}", value,
                               fmt::join(values.begin(), last, ", "), *last);
          },
          fmt::format("{{{}}}", fmt::join(values, ","))};
}

std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

CLI::Validator region_name() {
  return {[](std::string& value) -> std::string {
            const bool fits = !value.empty() && value.size() <= kRegionSizeMax &&
                              std::ranges::all_of(value, [](unsigned char c) {
                                return std::isalnum(c) != 0 || c == '-' || c == '_';
                              });
            return fits ? "" : fmt::format("\"{}\" is no region; us-east-1 is one", value);
          },
          ""};
}

const CLI::App& command_named(const CLI::App& program, const std::vector<std::string>& arguments) {
  const CLI::App* command = &program;
  for (const std::string& argument : arguments) {
    const auto below = commands_of(*command);
    const auto named =
        std::ranges::find(below, argument, [](const CLI::App* each) { return each->get_name(); });
    if (named == below.end()) break;
    command = *named;
  }
  return *command;
}

std::optional<std::string> unknown_command(const CLI::App& program,
                                           const std::vector<std::string>& arguments) {
  const CLI::App& command = command_named(program, arguments);
  if (commands_of(command).empty()) return std::nullopt;
  std::size_t depth = 0;
  for (const CLI::App* app = &command; app->get_parent() != nullptr; app = app->get_parent()) {
    ++depth;
  }
  if (depth >= arguments.size() || arguments[depth].starts_with('-')) return std::nullopt;
  std::vector<std::string> names;
  for (const CLI::App* each : commands_of(command)) names.push_back(each->get_name());
  return fmt::format("there is no command \"{}\" of {}{}", arguments[depth], full_name(command),
                     suggestion(arguments[depth], names));
}

std::string usage_fault(const CLI::App& program, const std::vector<std::string>& arguments,
                        const CLI::ParseError& error) {
  const CLI::App& command = command_named(program, arguments);
  std::string what = error.what();
  if (auto unknown = unknown_command(program, arguments)) return *std::move(unknown);
  // An unknown option's value may have been taken for an argument.
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      dynamic_cast<const CLI::ValidationError*>(&error) != nullptr ||
      !commands_of(command).empty()) {
    if (auto unknown = unknown_option(command, arguments)) return *std::move(unknown);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return what.substr(0, what.find(':')) + " needs a value";
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const auto* missing = command.get_option_no_throw(what.substr(0, what.find(' ')));
    if (missing != nullptr && missing->get_positional())
      return placeholder(*missing) + " is missing";
  }
  // The name of an argument is not written on the command line.
  if (const auto* option = command.get_option_no_throw(what.substr(0, what.find(':')));
      option != nullptr && option->get_positional() && what.find(": ") != std::string::npos) {
    return what.substr(what.find(": ") + 2);
  }
  return what;
}

}  // namespace parley::cli
