#include "cli/serve_banner.h"

#include <fmt/format.h>

#include <ostream>

#include "cli/founding_table.h"

namespace parley::cli {
namespace {

std::string durability_text(const ServeOptions& options) {
  if (options.in_memory) return "nothing is kept after the server ends";
  if (options.durability == "os") return "writes survive a crash of the server, not of the machine";
  if (options.durability == "none") return "writes survive a clean stop only";
  return "every write is on disk before its reply";
}

std::string demo_text(const std::string& app_url) {
  return fmt::format(
      "Two people are in conversation: open {0} in two windows, and sign in as {1} in one and "
      "as {2} in the other.\n\n",
      app_url, kSeedPeople[0].handle, kSeedPeople[1].handle);
}

}  // namespace

std::string shown_url(const std::string& bind, std::uint16_t port) {
  const bool is_v6 = bind.find(':') != std::string::npos;
  const std::string host = bind == "127.0.0.1" || bind == "0.0.0.0" ? "localhost"
                           : is_v6                                  ? "[" + bind + "]"
                                                                    : bind;
  return fmt::format("http://{}:{}", host, port);
}

void print_banner(const ServeOptions& options, const ServePlaces& places, const Console& console) {
  const std::string url = shown_url(options.bind, places.port);
  const std::string endpoint = url == "http://localhost:8000" ? "" : " --endpoint-url " + url;
  console.out << fmt::format(
      "Parley {}\n\n"
      "  DynamoDB   {}  (any credentials, any region)\n"
      "  Lambda     {}  (functions and triggers on tables' streams)\n",
      PARLEY_VERSION, url, url);
  if (places.app_url) {
    console.out << fmt::format("  Messaging  {}  (the web app and its API)\n", *places.app_url);
  }
  console.out << fmt::format("  data       {}  ({})\n\n",
                             options.in_memory ? "in memory" : places.directory,
                             durability_text(options));
  if (options.demo && places.app_url) console.out << demo_text(*places.app_url);
  console.out << fmt::format(
      "Try, in another terminal:\n"
      "  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION={}\n"
      "  aws dynamodb list-tables --endpoint-url {}\n",
      options.region, url);
  if (!options.demo) {
    console.out << fmt::format("  {1} ddb schema-load --trigger{0} && {1} ddb seed{0}\n", endpoint,
                               console.program);
  }
  console.out << fmt::format(
      "  {1} ddb list-conversations{0}\n"
      "  {1} ddb get-conversation{0}\n"
      "  {1} trigger status{0}\n\n"
      "Ctrl-C stops the server.\n",
      endpoint, console.program);
  if (!is_loopback(options.bind)) {
    console.err << fmt::format(
        "parley: warning: whoever reaches {} can read and write everything, and run functions: "
        "signatures are not verified\n",
        options.bind);
  }
  console.out.flush();
}

}  // namespace parley::cli
