#include "cli/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/usage.h"

namespace parley::cli {
namespace {

constexpr std::string_view kBash = R"sh(# eval "$(parley completion bash)"
_parley() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _parley parley
)sh";

constexpr std::string_view kZsh = R"sh(#compdef parley
# eval "$(parley completion zsh)"
_parley() {
  local -a candidates
  candidates=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${candidates[1]}" ]]; then compadd -a candidates; else _files; fi
}
# Loaded from $fpath on the first Tab, the file is that Tab's function too.
if [[ "${funcstack[1]}" == _parley ]]; then _parley; else compdef _parley parley; fi
)sh";

constexpr std::string_view kFish = R"sh(# parley completion fish | source
complete -c parley -f -a '(parley __complete (commandline -opc)[2..-1] (commandline -ct))'
complete -c parley -l data -r -F
)sh";

const CLI::Option* option_named(const CLI::App& command, const std::string& name) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

const CLI::App* subcommand_named(const CLI::App& command, const std::string& name) {
  for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; })) {
    if (each->get_name() == name) return each;
  }
  return nullptr;
}

void append_options(const CLI::App& command, std::vector<std::string>& out) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
  }
}

}  // namespace

std::string_view completion_script(std::string_view shell) {
  return shell == "bash" ? kBash : shell == "zsh" ? kZsh : shell == "fish" ? kFish : "";
}

std::vector<std::string> complete(const CLI::App& program, const std::vector<std::string>& words) {
  const CLI::App* command = &program;
  const CLI::Option* awaiting_value = nullptr;
  std::string last = words.empty() ? "" : words.back();
  std::string written;  // what stands before the value in one word: "--durability="
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "=") continue;  // bash makes "--a=b" three words
    if (awaiting_value != nullptr) {
      awaiting_value = nullptr;
    } else if (word.starts_with("-")) {
      const CLI::Option* option = option_named(*command, word);
      if (option != nullptr && option->get_items_expected_max() > 0) awaiting_value = option;
    } else if (const CLI::App* below = subcommand_named(*command, word); below != nullptr) {
      command = below;
    }
  }
  if (awaiting_value != nullptr && last == "=") last.clear();
  if (const auto equals = last.find('='); last.starts_with("--") && equals != std::string::npos) {
    awaiting_value = option_named(*command, last.substr(0, equals));
    written = last.substr(0, equals + 1);
    last.erase(0, equals + 1);
  }
  std::vector<std::string> candidates;
  if (awaiting_value != nullptr) {
    candidates = choices_of(*awaiting_value);
  } else if (last.starts_with("-")) {
    append_options(*command, candidates);
  } else {
    for (const CLI::App* each : command->get_subcommands([](const CLI::App*) { return true; })) {
      candidates.push_back(each->get_name());
    }
    for (const CLI::Option* option : command->get_options()) {
      if (!option->get_positional()) continue;
      for (std::string& choice : choices_of(*option)) candidates.push_back(std::move(choice));
    }
  }
  std::erase_if(candidates, [&](const std::string& each) { return !each.starts_with(last); });
  std::ranges::sort(candidates);
  for (std::string& each : candidates) each.insert(0, written);
  return candidates;
}

}  // namespace parley::cli
