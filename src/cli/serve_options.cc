#include "cli/serve_options.h"

#include <fmt/format.h>

#include "cli/command_frame.h"
#include "cli/usage.h"

namespace parley::cli {
namespace {

void add_database_options(CLI::App& app, ServeOptions& options) {
  CLI::App* command = &app;
  command->add_option("--port", options.port, "Port to listen on; 0 for any free one")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      ->add_option("--bind", options.bind, "Address to listen on; localhost is 127.0.0.1 and ::1")
      ->type_name("ADDRESS")
      ->capture_default_str();
  CLI::Option* data =
      command
          ->add_option("--data", options.data,
                       "Directory for the data [$XDG_DATA_HOME/parley or ~/.local/share/parley]")
          ->type_name("DIR");
  command->add_flag("--in-memory", options.in_memory, "Keep nothing after the server ends")
      ->excludes(data);
  command
      ->add_option("--durability", options.durability,
                   "What an acknowledged write survives: a machine's crash (fsync), the server's "
                   "(os), a clean stop only (none)")
      ->check(one_of({"fsync", "os", "none"}))
      ->capture_default_str();
  command->add_flag("--demo", options.demo, "Make the messaging table with a demo conversation");
  command
      ->add_option("--ttl-interval", options.ttl_interval_s,
                   "Seconds between two looks for items whose time to live has run out")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.01, 86'400.0))
      ->capture_default_str();
  command
      ->add_option(
          "--stream-shards", options.stream_shards,
          "Shards of a new stream; 0 for as many as DynamoDB has (4 of an on-demand table)")
      ->type_name("N")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Event loops; 0 for one a core")
      ->type_name("N")
      ->check(CLI::Range(0, 256))
      ->capture_default_str();
  command->add_option("--region", options.region, "Region in the ARNs of tables")
      ->type_name("REGION")
      ->check(region_name())
      ->capture_default_str();
}

void add_messaging_options(CLI::App& command, ServeOptions& options) {
  constexpr const char* kGroup = "Messaging";
  MessagingOptions& messaging = options.messaging;
  command.add_option("--app-port", messaging.port, "Port of the web app and its API")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535))
      ->each([&options](const std::string&) { options.app_port_given = true; })
      ->capture_default_str()
      ->group(kGroup);
  command.add_flag("!--no-app", options.app, "The database alone")->group(kGroup);
  command.add_option("--messaging-table", messaging.table, "The messaging table")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--oidc-issuer", messaging.oidc_issuer,
                  "Who issues tokens; without one people sign in by name, on this machine alone")
      ->type_name("URL")
      ->group(kGroup);
  command.add_option("--oidc-client-id", messaging.oidc_client_id, "The web app at the issuer")
      ->type_name("ID")
      ->group(kGroup);
  command
      .add_option("--oidc-audience", messaging.oidc_audience,
                  "Whom tokens must be for [the client id]")
      ->type_name("NAME")
      ->group(kGroup);
  command.add_option("--oidc-algorithm", messaging.oidc_algorithm, "How tokens are signed")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--cors-origin", messaging.cors_origins,
                  "An origin whose pages may call the API; may be repeated")
      ->type_name("ORIGIN")
      ->allow_extra_args(false)
      ->group(kGroup);
  command
      .add_option("--cache", messaging.cache,
                  "Where reads are cached: memory, off, or redis://[user:password@]host[:port]")
      ->type_name("PLACE")
      ->envname("PARLEY_CACHE")
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--cache-size", messaging.cache_mib, "Of the cache in memory")
      ->type_name("MIB")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str()
      ->group(kGroup);
  command.add_option("--message-limit", messaging.message_characters_max, "Of a message")
      ->type_name("CHARACTERS")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_option("--message-retention", messaging.message_retention_days,
                  "How long messages are kept; 0 for ever")
      ->type_name("DAYS")
      ->check(CLI::Range(0, 36'500))
      ->capture_default_str()
      ->group(kGroup);
  command
      .add_flag("!--no-rate-limits", messaging.rate_limits, "People may do as much as they like")
      ->group(kGroup);
}

void add_remote_options(CLI::App& command, ServeOptions& options) {
  constexpr const char* kGroup = "Messaging on a database elsewhere";
  command
      .add_option("--database", options.database, "Serve the messaging app alone, on AWS (prod)")
      ->check(one_of({"prod"}))
      ->group(kGroup);
  command
      .add_option("--database-endpoint", options.database_endpoint,
                  "The same, on the DynamoDB-compatible database at this address")
      ->type_name("URL")
      ->group(kGroup);
  command
      .add_option("--database-region", options.database_region,
                  "Its region [AWS_REGION, AWS_DEFAULT_REGION, then the profile's]")
      ->type_name("REGION")
      ->check(region_name())
      ->group(kGroup);
  command
      .add_option("--database-profile", options.database_profile,
                  "Profile of the AWS configuration files")
      ->type_name("NAME")
      ->group(kGroup);
  command
      .add_flag("--create-table", options.messaging.create_table,
                "Make the messaging table there if it is missing")
      ->group(kGroup);
  command
      .add_option("--trigger", options.trigger,
                  "Who moves conversation rows there: one of these processes (reader), or the "
                  "Lambda function of deploy/ (lambda) [reader]")
      ->check(one_of({"reader", "lambda"}))
      ->group(kGroup);
  command
      .add_option("--lease-time", options.lease_time_s,
                  "How long after the process that moves rows has died another one does [15]")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 3'600.0))
      ->group(kGroup);
}

/// What is of the database in this process alone says nothing beside one elsewhere, and is refused.
void keep_apart(CLI::App& command) {
  for (const char* elsewhere : {"--database", "--database-endpoint"}) {
    for (const char* here :
         {"--port", "--data", "--in-memory", "--durability", "--demo", "--ttl-interval",
          "--stream-shards", "--threads", "--region", "--no-app"}) {
      command.get_option(elsewhere)->excludes(command.get_option(here));
    }
  }
}

}  // namespace

void add_serve(CLI::App& program, ServeOptions& options) {
  CLI::App* command =
      program.add_subcommand("serve", "Serve DynamoDB's API, and the messaging app")
          ->group(kCommands);
  add_database_options(*command, options);
  add_messaging_options(*command, options);
  add_remote_options(*command, options);
  keep_apart(*command);
  command->footer(
      fmt::format("Examples:\n"
                  "  parley serve\n"
                  "  parley serve --demo --in-memory\n"
                  "  parley serve --port 9000 --data ./data --durability os\n"
                  "  parley serve --database prod --oidc-issuer https://id.example \\\n"
                  "    --oidc-client-id app --bind 0.0.0.0\n\n{}",
                  kExitCodes));
}

}  // namespace parley::cli
