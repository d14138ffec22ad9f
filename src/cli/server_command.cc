#include "cli/server_command.h"

#include <fmt/format.h>

#include <ostream>

#include "cli/command_frame.h"

namespace parley::cli {

void add_server_options(CLI::App& command, std::string& endpoint_url, bool& json,
                        const char* examples) {
  command
      .add_option("--endpoint-url", endpoint_url,
                  "Address of the server [AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL, then "
                  "http://localhost:8000]")
      ->type_name("URL");
  command.add_flag("--json", json, "Print JSON");
  command.footer(fmt::format("Examples:\n{}\n{}", examples, kExitCodes));
}

ExitCode run_on_server(const ServerCommand& command) {
  const Console& console = command.console;
  auto server = FunctionServer::open(command.endpoint_url, command.environment, command.clock);
  if (!server) {
    console.err << fmt::format("parley: {}\n", server.error().message);
    return exit_code_of(server.error());
  }
  const Result<ExitCode> outcome = command.run(*server);
  if (outcome) return *outcome;
  const Error& error = outcome.error();
  console.err << fmt::format("parley: {}\n", error.message);
  if (error.code == ErrorCode::kIo && server->is_on_this_machine()) {
    console.err << start_hint(console);
  } else if (command.hint) {
    console.err << command.hint(error, *server);
  }
  return exit_code_of(error);
}

}  // namespace parley::cli
