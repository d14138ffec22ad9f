#include "cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <optional>
#include <ostream>

#include "base/clock.h"
#include "base/random.h"
#include "cli/command_frame.h"
#include "cli/completion.h"
#include "cli/ddb_commands.h"
#include "cli/function_program.h"
#include "cli/serve.h"
#include "cli/serve_options.h"
#include "cli/usage.h"

namespace parley::cli {
namespace {

/// A row of `parley ddb`.
struct DdbRow {
  const char* name;
  const char* summary;
  const char* examples;
  DdbCommand command;
  enum : unsigned {
    kTable = 1,
    kDrop = 2,
    kLimit = 4,
    kGroup = 8,
    kUser = 16,
    kCursor = 32,
    kTrigger = 64
  };
  unsigned options;
};

constexpr std::array<DdbRow, 7> kDdbRows{{
    {"schema-load", "Create the messaging table",
     "  parley ddb schema-load --trigger\n"
     "  parley ddb schema-load --table cruddur-message\n"
     "  parley ddb schema-load prod\n",
     schema_load, DdbRow::kTable | DdbRow::kTrigger},
    {"list-tables", "Print the names of all tables, one a line",
     "  parley ddb list-tables\n"
     "  parley ddb list-tables prod --region ca-central-1\n"
     "  parley ddb list-tables --json | jq .TableNames\n",
     list_tables, 0},
    {"drop", "Delete a table and everything in it; asks first on AWS",
     "  parley ddb drop cruddur-messages\n"
     "  parley ddb drop cruddur-messages prod\n"
     "  parley ddb drop cruddur-messages prod --yes\n",
     drop, DdbRow::kDrop},
    {"seed", "Write a demo conversation, in place of the one an earlier seed wrote",
     "  parley ddb seed\n"
     "  parley ddb seed --table cruddur-message\n"
     "  parley ddb seed prod\n",
     seed, DdbRow::kTable},
    {"scan", "Print every item: its keys, then the rest of it as JSON",
     "  parley ddb scan\n"
     "  parley ddb scan --limit 10\n"
     "  parley ddb scan --table Music --json | jq '.Items[]'\n",
     scan, DdbRow::kTable | DdbRow::kLimit},
    {"get-conversation", "Print the newest messages of a conversation",
     "  parley ddb get-conversation\n"
     "  parley ddb get-conversation --group 5d9c1c1e-7f0a-4e5b-9b53-0c7a41f6d2aa --limit 5\n"
     "  parley ddb get-conversation --cursor 2026-11-22T18:11:46.722001+00:00\n"
     "  TZ=America/Toronto parley ddb get-conversation\n"
     "  parley ddb get-conversation | cut -f2,4\n",
     get_conversation, DdbRow::kTable | DdbRow::kLimit | DdbRow::kCursor | DdbRow::kGroup},
    {"list-conversations", "Print a person's conversations, the newest first",
     "  parley ddb list-conversations\n"
     "  parley ddb list-conversations --user c2b7e4d9-58ab-4c1d-b3f6-47d0a9e8f302\n"
     "  parley ddb list-conversations prod --json\n",
     list_conversations, DdbRow::kTable | DdbRow::kLimit | DdbRow::kCursor | DdbRow::kUser},
}};

/// The parsed command line; CLI11 writes into it.
struct Program {
  CLI::App app{"Parley: DynamoDB on your own machine, at http://localhost:8000", "parley"};
  ServeOptions serve = {};
  DdbOptions ddb = {};
  FunctionOptions function = {};
  TriggerOptions trigger = {};
  std::string place = "local";
  std::string shell = {};
};

void add_ddb_command(Program& program, CLI::App& ddb, const DdbRow& row) {
  CLI::App* command = ddb.add_subcommand(row.name, row.summary)->group(kCommands);
  DdbOptions& options = program.ddb;
  if ((row.options & DdbRow::kDrop) != 0) {
    command->add_option("table", options.table, "The table to delete")
        ->type_name("TABLE")
        ->required();
    command->add_flag("--yes", options.yes, "Do not ask");
  }
  command->add_option("place", program.place, "Where: AWS (prod), or this machine")
      ->check(one_of({"prod", "local"}));
  command
      ->add_option("--endpoint-url", options.target.endpoint_url,
                   "Address of the server [AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, then "
                   "http://localhost:8000; AWS's with prod]")
      ->type_name("URL");
  command
      ->add_option("--region", options.target.region,
                   "Region [AWS_REGION, AWS_DEFAULT_REGION, then the profile's]")
      ->type_name("REGION")
      ->check(region_name());
  command->add_option("--profile", options.target.profile, "Profile of the AWS configuration files")
      ->type_name("NAME");
  if ((row.options & DdbRow::kTable) != 0) {
    command->add_option("--table", options.table, "The messaging table")
        ->type_name("TABLE")
        ->capture_default_str();
  }
  if ((row.options & DdbRow::kTrigger) != 0) {
    command->add_flag(
        "--trigger", options.trigger,
        "Also put the native conversation trigger on the table's stream, so that "
        "each message moves its conversation's rows; not beside a function of your own "
        "that does so");
  }
  if ((row.options & DdbRow::kGroup) != 0) {
    command->add_option("--group", options.group, "The conversation's UUID")
        ->type_name("UUID")
        ->capture_default_str();
  }
  if ((row.options & DdbRow::kUser) != 0) {
    command->add_option("--user", options.user, "The person's UUID")
        ->type_name("UUID")
        ->capture_default_str();
  }
  if ((row.options & DdbRow::kLimit) != 0) {
    command
        ->add_option("--limit", options.limit,
                     (row.options & DdbRow::kCursor) != 0 ? "How many items to print at most [20]"
                                                          : "How many items to print at most [all]")
        ->type_name("N")
        ->check(CLI::Range(1U, 1'000'000U));
  }
  if ((row.options & DdbRow::kCursor) != 0) {
    command
        ->add_option("--cursor", options.cursor,
                     "Go on where an earlier page ended: the cursor that it printed")
        ->type_name("CURSOR");
  }
  command->add_flag("--json", options.json, "Print JSON");
  command->footer(fmt::format("Examples:\n{}\n{}", row.examples, kExitCodes));
}

void add_ddb(Program& program) {
  CLI::App* ddb =
      program.app
          .add_subcommand("ddb", "Work on the messaging table, here or on AWS (with the word prod)")
          ->group(kCommands);
  ddb->require_subcommand(1);
  for (const DdbRow& row : kDdbRows) add_ddb_command(program, *ddb, row);
  ddb->footer(
      fmt::format("Examples:\n"
                  "  parley ddb schema-load --trigger && parley ddb seed\n"
                  "  parley ddb get-conversation\n"
                  "  parley ddb list-tables prod\n"
                  "  parley ddb drop --help\n\n{}",
                  kExitCodes));
}

void add_completion(Program& program) {
  CLI::App* command =
      program.app.add_subcommand("completion", "Print a script that completes commands in a shell")
          ->group(kCommands);
  command->add_option("shell", program.shell, "The shell")
      ->required()
      ->check(one_of({"bash", "zsh", "fish"}));
  command->footer(
      "Examples:\n"
      "  eval \"$(parley completion bash)\"      # in ~/.bashrc\n"
      "  eval \"$(parley completion zsh)\"       # in ~/.zshrc, after compinit\n"
      "  parley completion fish | source       # in ~/.config/fish/config.fish\n");
}

void build(Program& program) {
  program.app.formatter(help_formatter());  // the commands below inherit it
  program.app.require_subcommand(1);
  program.app.set_version_flag("-V,--version", "parley " PARLEY_VERSION, "Print the version");
  add_serve(program.app, program.serve);
  add_ddb(program);
  add_function(program.app, program.function);
  add_trigger(program.app, program.trigger);
  add_completion(program);
  program.app.footer(
      fmt::format("Examples:\n"
                  "  parley serve --demo\n"
                  "  parley ddb list-conversations\n"
                  "  parley ddb --help\n\n{}",
                  kExitCodes));
}

/// What may help against `error`, as whole lines.
std::string hint(const Program& program, const DdbRow& row, const DdbTarget& target,
                 const Console& console, const Error& error) {
  if (error.code == ErrorCode::kIo && !target.is_aws && target.address.starts_with("http://")) {
    return start_hint(console);
  }
  if (client::is_service_error(error, "ResourceNotFoundException") && row.command != drop) {
    return fmt::format("Is there a table {} at {}? `{} ddb schema-load` makes it.\n",
                       program.ddb.table, target.address, console.program);
  }
  return {};
}

ExitCode run_ddb(const Program& program, const DdbRow& row, const Console& console,
                 net::Environment environment) {
  SystemClock clock;
  SystemRandom random;
  const auto target = open_ddb_target(program.ddb.target, environment, clock, random);
  if (!target) {
    console.err << fmt::format("parley: {}\n", target.error().message);
    return exit_code_of(target.error());
  }
  const DdbContext context{program.ddb, *target, console, clock, random};
  const Result<ExitCode> outcome = row.command(context);
  if (outcome) return *outcome;
  const Error& error = outcome.error();
  console.err << fmt::format("parley: {}\n", error.message);
  console.err << hint(program, row, *target, console, error);
  return exit_code_of(error);
}

ExitCode run_serve(const Program& program, const Console& console, net::Environment environment) {
  const Result<ExitCode> outcome = serve(program.serve, console, environment);
  if (outcome) return *outcome;
  console.err << fmt::format("parley: {}\n", outcome.error().message);
  return outcome.error().code == ErrorCode::kInvalidArgument ? ExitCode::kUsage : ExitCode::kFailed;
}

/// `arguments` with "help ddb scan" written as "ddb scan --help".
std::vector<std::string> without_help_word(std::vector<std::string> arguments) {
  if (arguments.empty() || arguments.front() != "help") return arguments;
  arguments.erase(arguments.begin());
  arguments.emplace_back("--help");
  return arguments;
}

/// nullopt: parsed, go on.
std::optional<ExitCode> parse(Program& program, const std::vector<std::string>& arguments,
                              const Console& console) {
  try {
    program.app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return std::nullopt;
  } catch (const CLI::ParseError& error) {  // also thrown for --help and --version
    if (error.get_exit_code() == 0 && !unknown_command(program.app, arguments)) {
      program.app.exit(error, console.out, console.err);
      return ExitCode::kDone;
    }
    const CLI::App& command = command_named(program.app, arguments);
    const bool wants_command = !command.get_subcommands({}).empty();
    std::string above;  // the commands before it
    for (const CLI::App* app = command.get_parent(); app != nullptr; app = app->get_parent()) {
      if (!above.empty()) above.insert(0, " ");
      above.insert(0, app->get_name());
    }
    const bool bare = arguments.empty() || arguments.back() == command.get_name();
    if (wants_command && bare) {
      console.err << command.help(above);
    } else {
      console.err << fmt::format("parley: {}\n`{}{}{} --help` says more.\n",
                                 usage_fault(program.app, arguments, error), above,
                                 above.empty() ? "" : " ", command.get_name());
    }
    return ExitCode::kUsage;
  }
}

ExitCode run_command(Program& program, const Console& console, net::Environment environment) {
  program.ddb.target.prod = program.place == "prod";
  const CLI::App& command = *program.app.get_subcommands().front();
  if (command.get_name() == "serve") return run_serve(program, console, environment);
  if (command.get_name() == "completion") {
    console.out << completion_script(program.shell);
    return ExitCode::kDone;
  }
  if (command.get_name() == "function") {
    return run_function(command, program.function, console, environment);
  }
  if (command.get_name() == "trigger") {
    return run_trigger(command, program.trigger, console, environment);
  }
  const std::string name = command.get_subcommands().front()->get_name();
  for (const DdbRow& row : kDdbRows) {
    if (name == row.name) return run_ddb(program, row, console, environment);
  }
  return ExitCode::kUsage;
}

}  // namespace

ExitCode run_program(const std::vector<std::string>& arguments, const Console& console,
                     net::Environment environment) {
  Program program;
  build(program);
  if (!arguments.empty() && arguments.front() == "__complete") {
    for (const std::string& each :
         complete(program.app, {arguments.begin() + 1, arguments.end()})) {
      console.out << each << '\n';
    }
    return ExitCode::kDone;
  }
  const auto ended = parse(program, without_help_word(arguments), console);
  const ExitCode code = ended ? *ended : run_command(program, console, environment);
  console.out.flush();
  // A server has done its work whether or not somebody still reads what it prints.
  if (console.out || code != ExitCode::kDone || program.app.got_subcommand("serve")) return code;
  console.err << "parley: the output could not be written\n";
  return ExitCode::kFailed;
}

}  // namespace parley::cli
