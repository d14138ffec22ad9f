#include "cli/function_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "cli/command_frame.h"
#include "cli/server_command.h"
#include "cli/usage.h"
#include "client/database.h"

namespace parley::cli {
namespace {

/// A row of `parley function`.
struct FunctionRow {
  std::string_view name;
  const char* summary;
  const char* examples;
  FunctionCommand command;
  enum : unsigned { kName = 1, kDeploy = 2, kInvoke = 4, kLogs = 8 };
  unsigned options;
};

constexpr std::array<FunctionRow, 6> kFunctionRows{{
    {"deploy", "Create a function from a directory or a zip archive, or give it new code",
     "  parley function deploy ./hello\n"
     "  parley function deploy hello.zip --name hello --runtime python3.12 --handler app.handler\n"
     "  parley function deploy ./hello --env TABLE=Music --env LEVEL=debug --timeout 30\n",
     deploy_function, FunctionRow::kDeploy},
    {"list", "List the functions",
     "  parley function list\n"
     "  parley function list --json | jq -r '.Functions[].FunctionName'\n",
     list_functions, 0},
    {"show", "Show a function: settings, triggers, events that were given up",
     "  parley function show hello\n", show_function, FunctionRow::kName},
    {"invoke", "Run a function and print its reply",
     "  parley function invoke hello\n"
     "  parley function invoke hello --payload '{\"name\":\"Nina\"}' --tail\n"
     "  jq -n '{name:\"Nina\"}' | parley function invoke hello --payload -\n",
     invoke_function, FunctionRow::kName | FunctionRow::kInvoke},
    {"logs", "Print what a function has written",
     "  parley function logs hello\n"
     "  parley function logs hello --lines 10 --follow\n",
     function_logs, FunctionRow::kName | FunctionRow::kLogs},
    {"delete", "Delete a function; its triggers stay", "  parley function delete hello\n",
     delete_function, FunctionRow::kName},
}};

void add_deploy_options(CLI::App& command, FunctionOptions& options) {
  command.add_option("path", options.path, "A directory, or a zip archive")
      ->type_name("PATH")
      ->required();
  command.add_option("--name", options.name, "The function's name [the file's]")->type_name("NAME");
  command
      .add_option("--runtime", options.runtime,
                  "provided.al2023, python3.12, nodejs20.x and their like [guessed from the files]")
      ->type_name("RUNTIME");
  command.add_option("--handler", options.handler, "MODULE.FUNCTION [guessed from the files]")
      ->type_name("HANDLER");
  command
      .add_option("--env", options.environment,
                  "A variable of its environment; may be repeated. On an update, all of them")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command.add_option("--timeout", options.timeout_s, "Seconds an invocation may take [3]")
      ->type_name("N")
      ->check(CLI::Range(1, 900));
  command.add_option("--memory", options.memory_mb, "MB it may use [128]")
      ->type_name("N")
      ->check(CLI::Range(128, 10'240));
  command.add_option("--concurrency", options.concurrency, "How many may run at once at most")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--description", options.description, "A line about it")->type_name("TEXT");
  command.add_option("--role", options.role, "The ARN it shows as its role; decides nothing here")
      ->type_name("ARN");
  command.add_flag("--copy", options.copy,
                   "Deploy a copy of the directory; without it the function runs from there, and a "
                   "change counts at once");
}

void add_function_command(CLI::App& function, FunctionOptions& options, const FunctionRow& row) {
  CLI::App* command = function.add_subcommand(std::string(row.name), row.summary)->group(kCommands);
  if ((row.options & FunctionRow::kName) != 0) {
    command->add_option("name", options.name, "The function's name or ARN")
        ->type_name("NAME")
        ->required();
  }
  if ((row.options & FunctionRow::kDeploy) != 0) add_deploy_options(*command, options);
  if ((row.options & FunctionRow::kInvoke) != 0) {
    command
        ->add_option("--payload", options.payload,
                     "The event, as JSON; \"-\" reads it from the standard input [{}]")
        ->type_name("JSON");
    command->add_flag("--event", options.event, "Do not wait for the reply");
    command->add_flag("--tail", options.tail, "Print the end of its log on the standard error");
  }
  if ((row.options & FunctionRow::kLogs) != 0) {
    command->add_flag("-f,--follow", options.follow, "Go on printing until Ctrl-C");
    command->add_option("--lines", options.lines, "How many of the newest lines")
        ->type_name("N")
        ->check(CLI::Range(1U, 1000U))
        ->capture_default_str();
  }
  add_server_options(*command, options.endpoint_url, options.json, row.examples);
}

}  // namespace

void add_function(CLI::App& program, FunctionOptions& options) {
  CLI::App* function =
      program.add_subcommand("function", "Deploy, run and watch functions")->group(kCommands);
  function->require_subcommand(1);
  for (const FunctionRow& row : kFunctionRows) add_function_command(*function, options, row);
  function->footer(
      fmt::format("Examples:\n"
                  "  parley function deploy ./hello\n"
                  "  parley function invoke hello --payload '{{\"name\":\"Nina\"}}'\n"
                  "  parley function logs hello --follow\n\n{}",
                  kExitCodes));
}

ExitCode run_function(const CLI::App& command, const FunctionOptions& options,
                      const Console& console, net::Environment environment) {
  SystemClock clock;
  const std::string name = command.get_subcommands().front()->get_name();
  const auto row = std::ranges::find(kFunctionRows, name, &FunctionRow::name);
  if (row == kFunctionRows.end()) return ExitCode::kUsage;
  return run_on_server(
      {.endpoint_url = options.endpoint_url,
       .console = console,
       .environment = environment,
       .clock = clock,
       .run = [&](FunctionServer& server) { return row->command({options, server, console}); },
       .hint =
           [&](const Error& error, const FunctionServer& server) {
             if (!client::is_service_error(error, "ResourceNotFoundException"))
               return std::string();
             return fmt::format("`{} function list` shows the functions at {}.\n", console.program,
                                server.address());
           }});
}

}  // namespace parley::cli
