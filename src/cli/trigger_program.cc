#include <fmt/format.h>

#include <array>
#include <span>

#include "cli/command_frame.h"
#include "cli/function_program.h"
#include "cli/server_command.h"
#include "cli/usage.h"

namespace parley::cli {
namespace {

/// A row of `parley trigger` or of `parley trigger dead-letters`.
struct TriggerRow {
  const char* name;
  const char* summary;
  const char* examples;
  TriggerCommand command;
  enum : unsigned {
    kTrigger = 1,
    kTriggerIfAny = 2,
    kSource = 4,
    kSettings = 8,
    kReplay = 16,
    kDeadLetter = 32,
    kFilterList = 64
  };
  unsigned options;
};

constexpr std::array<TriggerRow, 8> kTriggerRows{{
    {"create", "Run a function for what changes in a table",
     "  parley trigger create --table Music --function hello\n"
     "  parley trigger create --table Music --function hello --batch-size 10 --retries 3 \\\n"
     "    --filter '{\"eventName\":[\"INSERT\"]}'\n"
     "  parley trigger create --table Music --function hello --starting-position LATEST \\\n"
     "    --on-failure http://localhost:9000/dead\n",
     create_trigger, TriggerRow::kSource | TriggerRow::kSettings},
    {"list", "List the triggers",
     "  parley trigger list\n"
     "  parley trigger list --table Music\n",
     list_triggers, TriggerRow::kFilterList},
    {"status", "Show how far triggers are: what waits, what is in flight, what failed",
     "  parley trigger status\n"
     "  parley trigger status hello\n"
     "  parley trigger status 3f1c --json\n",
     trigger_status, TriggerRow::kTriggerIfAny},
    {"update", "Change a trigger's settings",
     "  parley trigger update hello --batch-size 1\n"
     "  parley trigger update 3f1c --no-filters --bisect\n",
     update_trigger, TriggerRow::kTrigger | TriggerRow::kSettings},
    {"enable", "Go on where a disabled trigger stopped", "  parley trigger enable hello\n",
     enable_trigger, TriggerRow::kTrigger},
    {"disable", "Stop delivering; the place is kept", "  parley trigger disable hello\n",
     disable_trigger, TriggerRow::kTrigger},
    {"replay", "Deliver again what changed since a time or a sequence number",
     "  parley trigger replay hello --from 15m\n"
     "  parley trigger replay hello --from 2026-11-22T18:20:00Z\n"
     "  parley trigger replay 3f1c --from 101763835633000123000\n",
     replay_trigger, TriggerRow::kTrigger | TriggerRow::kReplay},
    {"delete", "Delete a trigger", "  parley trigger delete hello\n", delete_trigger,
     TriggerRow::kTrigger},
}};

constexpr std::array<TriggerRow, 4> kDeadLetterRows{{
    {"list", "List the batches that triggers gave up",
     "  parley trigger dead-letters\n"
     "  parley trigger dead-letters list hello\n",
     list_dead_letters, TriggerRow::kTriggerIfAny},
    {"show", "Print one: the record that AWS would send to its destination",
     "  parley trigger dead-letters show 01795383545231379000 | jq .Body\n", show_dead_letter,
     TriggerRow::kDeadLetter},
    {"replay", "Give its records to the function once more; it goes when they are taken",
     "  parley trigger dead-letters replay 01795383545231379000\n", replay_dead_letter,
     TriggerRow::kDeadLetter},
    {"delete", "Delete one", "  parley trigger dead-letters delete 01795383545231379000\n",
     delete_dead_letter, TriggerRow::kDeadLetter},
}};

void add_source_options(CLI::App& command, TriggerOptions& options) {
  CLI::Option* table =
      command.add_option("--table", options.table, "The table; its stream must be on")
          ->type_name("TABLE");
  CLI::Option* stream = command.add_option("--stream", options.stream_arn, "Or the stream's ARN")
                            ->type_name("ARN")
                            ->excludes(table);
  command.add_option("--function", options.function, "The function's name")
      ->type_name("NAME")
      ->required();
  command
      .add_option("--starting-position", options.starting_position,
                  "Begin with the oldest record there is, or with what comes from now on")
      ->check(one_of({"TRIM_HORIZON", "LATEST"}))
      ->capture_default_str();
  command.add_flag("--disabled", options.disabled, "Do not deliver before it is enabled");
  command.callback([table, stream] {
    if (table->count() + stream->count() == 0) {
      throw CLI::RequiredError("--table or --stream");
    }
  });
}

void add_settings_options(CLI::App& command, TriggerOptions& options) {
  const auto number = [&](const char* name, std::optional<int>& value, const char* text, int least,
                          int most) {
    command.add_option(name, value, text)->type_name("N")->check(CLI::Range(least, most));
  };
  number("--batch-size", options.batch_size, "Records an invocation gets at most [100]", 1, 10'000);
  number("--batching-window", options.batching_window_s, "Seconds to wait for a batch to fill [0]",
         0, 300);
  number("--retries", options.retries_max, "Attempts after the first; -1: no end [-1]", -1, 10'000);
  number("--record-age", options.record_age_max_s,
         "Seconds after which a record is given up; -1: never [-1]", -1, 604'800);
  number("--parallel", options.parallel, "Batches of a shard at once [1]", 1, 10);
  number("--tumbling-window", options.tumbling_window_s, "Seconds of a window; 0: none [0]", 0,
         900);
  CLI::Option* filters =
      command
          .add_option("--filter", options.filters,
                      "A pattern in JSON: records that match one of them are delivered")
          ->type_name("PATTERN")
          ->allow_extra_args(false);
  command.add_flag("--no-filters", options.no_filters, "Deliver everything")->excludes(filters);
  command.add_flag("--bisect,!--no-bisect", options.bisect, "Halve a batch that fails");
  command.add_flag("--report-item-failures,!--no-report-item-failures",
                   options.report_item_failures,
                   "The function's reply says which records failed (batchItemFailures)");
  command
      .add_option("--on-failure", options.on_failure,
                  "Where a batch that is given up is told of: an http address, or an ARN that is "
                  "recorded; empty: nowhere. Dead letters are kept in any case")
      ->type_name("DESTINATION");
}

void add_trigger_command(CLI::App& above, TriggerOptions& options, const TriggerRow& row) {
  CLI::App* command = above.add_subcommand(row.name, row.summary)->group(kCommands);
  if ((row.options & (TriggerRow::kTrigger | TriggerRow::kTriggerIfAny)) != 0) {
    command
        ->add_option("trigger", options.trigger,
                     "Its function or its table, or the beginning of its UUID")
        ->type_name("TRIGGER")
        ->required((row.options & TriggerRow::kTrigger) != 0);
  }
  if ((row.options & TriggerRow::kDeadLetter) != 0) {
    command->add_option("id", options.dead_letter, "The dead letter's id")
        ->type_name("ID")
        ->required();
  }
  if ((row.options & TriggerRow::kSource) != 0) add_source_options(*command, options);
  if ((row.options & TriggerRow::kFilterList) != 0) {
    command->add_option("--table", options.table, "Only those of a table")->type_name("TABLE");
    command->add_option("--stream", options.stream_arn, "Only those of a stream")->type_name("ARN");
    command->add_option("--function", options.function, "Only those of a function")
        ->type_name("NAME");
  }
  if ((row.options & TriggerRow::kSettings) != 0) {
    add_settings_options(*command, options);
    if ((row.options & TriggerRow::kTrigger) != 0) {
      command->add_option("--function", options.function, "Another function")->type_name("NAME");
    }
  }
  if ((row.options & TriggerRow::kReplay) != 0) {
    command
        ->add_option("--from", options.from,
                     "A time in ISO-8601, an age (90s, 15m, 2h, 1d) or a sequence number")
        ->type_name("WHEN")
        ->required();
  }
  add_server_options(*command, options.endpoint_url, options.json, row.examples);
}

/// The row of the subcommand that was parsed below `command`.
const TriggerRow* parsed_row(const CLI::App& command) {
  const CLI::App* parsed = command.get_subcommands().front();
  std::span<const TriggerRow> rows = kTriggerRows;
  if (parsed->get_name() == "dead-letters") {
    rows = kDeadLetterRows;
    if (parsed->get_subcommands().empty()) return rows.data();  // list
    parsed = parsed->get_subcommands().front();
  }
  for (const TriggerRow& row : rows) {
    if (parsed->get_name() == row.name) return &row;
  }
  return nullptr;
}

}  // namespace

void add_trigger(CLI::App& program, TriggerOptions& options) {
  CLI::App* trigger = program.add_subcommand("trigger", "Run functions for what changes in tables")
                          ->group(kCommands);
  trigger->require_subcommand(1);
  for (const TriggerRow& row : kTriggerRows) add_trigger_command(*trigger, options, row);
  CLI::App* dead_letters =
      trigger->add_subcommand("dead-letters", "List, show, replay and delete what was given up")
          ->group(kCommands);
  dead_letters->require_subcommand(0, 1);
  for (const TriggerRow& row : kDeadLetterRows) add_trigger_command(*dead_letters, options, row);
  add_server_options(*dead_letters, options.endpoint_url, options.json,
                     "  parley trigger dead-letters      # lists them\n"
                     "  parley trigger dead-letters show 01795383545231379000\n");
  trigger->footer(
      fmt::format("Examples:\n"
                  "  parley trigger create --table Music --function hello\n"
                  "  parley trigger status\n"
                  "  parley trigger replay hello --from 15m\n"
                  "  parley trigger dead-letters\n\n{}",
                  kExitCodes));
}

ExitCode run_trigger(const CLI::App& command, const TriggerOptions& options, const Console& console,
                     net::Environment environment) {
  SystemClock clock;
  SystemRandom random;
  const TriggerRow* row = parsed_row(command);
  if (row == nullptr) return ExitCode::kUsage;
  return run_on_server({.endpoint_url = options.endpoint_url,
                        .console = console,
                        .environment = environment,
                        .clock = clock,
                        .run = [&](FunctionServer& server) {
                          return row->command(
                              {options, server, console, environment, clock, random});
                        }});
}

}  // namespace parley::cli
