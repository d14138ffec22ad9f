#include "cli/program.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <mutex>
#include <sstream>

#include "cli/serve.h"
#include "net/http_server.h"

namespace parley::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What a run of the program came to.
struct Outcome {
  ExitCode code = ExitCode::kDone;
  std::string out;
  std::string err;
};

// Credentials, and nothing of the machine's.
const char* test_environment(const char* name) {
  const std::string_view variable(name);
  if (variable == "AWS_ACCESS_KEY_ID" || variable == "AWS_SECRET_ACCESS_KEY") return "test";
  if (variable == "AWS_REGION") return "ca-central-1";
  if (variable == "HOME") return "/nonexistent";
  return nullptr;
}

const char* empty_environment(const char*) {
  return nullptr;
}

struct RunOptions {
  bool in_is_terminal = false;
  std::string input = {};
  net::Environment environment = test_environment;
};

Outcome run(const std::vector<std::string>& arguments, const RunOptions& options = {}) {
  std::istringstream in(options.input);
  std::ostringstream out;
  std::ostringstream err;
  const Console console{.in = in, .out = out, .err = err, .in_is_terminal = options.in_is_terminal};
  const ExitCode code = run_program(arguments, console, options.environment);
  return {code, out.str(), err.str()};
}

/// Answers each operation with a fixed reply and remembers what it was asked.
class FakeServer final : public net::HttpHandler {
 public:
  FakeServer() {
    net::HttpServerOptions options;
    options.port = 0;
    options.threads = 1;
    server_ = std::move(*net::HttpServer::listen(options, *this));
    server_->start();
  }
  ~FakeServer() override { server_->stop(std::chrono::milliseconds(0)); }

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override {
    const std::scoped_lock lock(mutex_);
    const std::string operation(request.header("X-Amz-Target").substr(18));
    asked_.push_back(operation);
    last_body_ = request.body;
    reply({.status = status, .body = replies[operation]});
  }
  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}", server_->port());
  }
  [[nodiscard]] std::vector<std::string> asked() {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

  [[nodiscard]] std::string last_body() {
    const std::scoped_lock lock(mutex_);
    return last_body_;
  }

  // Set before the program runs.
  int status = 200;
  std::map<std::string, std::string> replies;

 private:
  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::string last_body_;
  std::unique_ptr<net::HttpServer> server_;
};

TEST(Program, SaysItsVersion) {
  const Outcome version = run({"--version"});
  EXPECT_EQ(version.code, ExitCode::kDone);
  EXPECT_THAT(version.out, testing::StartsWith("parley "));
  EXPECT_EQ(run({"-V"}).out, version.out);
}

TEST(Program, HelpIsAlsoACommand) {
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_EQ(run({"help", "ddb", "scan"}).out, run({"ddb", "scan", "--help"}).out);
}

TEST(Program, WithoutACommandItExplainsItselfOnStderr) {
  EXPECT_EQ(run({}).err, run({"--help"}).out);
  EXPECT_EQ(run({"ddb"}).err, run({"ddb", "--help"}).out);
}

TEST(Program, HelpWritesChoicesAndDefaultsAsPeopleDo) {
  const std::string help = run({"serve", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("--port PORT "));
  EXPECT_THAT(help, HasSubstr("--durability fsync|os|none"));
  EXPECT_THAT(help, HasSubstr("[8000]"));
  EXPECT_THAT(run({"ddb", "drop", "--help"}).out,
              HasSubstr("parley ddb drop [OPTIONS] TABLE [prod|local]"));
  for (const auto& line : CLI::detail::split(help, '\n')) EXPECT_LE(line.size(), 100) << line;
}

TEST(Program, AFaultOfTheCommandLineIsNamedWithWhatWasMeant) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> faults{
      {{"serv"}, "there is no command \"serv\" of parley; did you mean serve?"},
      {{"ddb", "lists"}, "there is no command \"lists\" of parley ddb\n"},
      {{"serve", "--prot", "3"}, "parley serve has no option --prot; did you mean --port?"},
      {{"serve", "--prot=3"}, "parley serve has no option --prot; did you mean --port?"},
      {{"ddb", "scan", "--xyz"}, "parley ddb scan has no option --xyz\n"},
      {{"--xyz"}, "parley has no option --xyz\n"},
      {{"serve", "--port"}, "--port needs a value"},
      {{"serve", "--durability", "x"}, "--durability: \"x\" is not fsync, os or none"},
      {{"ddb", "scan", "prodd"}, "parley: \"prodd\" is not prod or local"},
      {{"ddb", "drop", "t", "--table", "x"}, "parley ddb drop has no option --table\n"},
      {{"ddb", "drop"}, "parley: TABLE is missing\n"},
      {{"help", "serv"}, "there is no command \"serv\" of parley; did you mean serve?"},
      {{"help", "ddb", "lists"}, "there is no command \"lists\" of parley ddb\n"},
      {{"serve", "--region", "a b"}, "\"a b\" is no region"},
      {{"ddb", "scan", "--region", "evil.example/"}, "is no region"},
  };
  for (const auto& [arguments, fault] : faults) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage);
    EXPECT_THAT(outcome.err, HasSubstr(fault));
    EXPECT_THAT(outcome.err, HasSubstr("--help"));
  }
}

TEST(Program, OutputThatCannotBeWrittenIsAFailure) {
  FakeServer server;
  server.replies["ListTables"] = R"({"TableNames":["a"]})";
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  const Console console{.in = in, .out = out, .err = err};
  EXPECT_EQ(run_program({"ddb", "list-tables", "--endpoint-url", server.url()}, console,
                        test_environment),
            ExitCode::kFailed);
  EXPECT_THAT(err.str(), HasSubstr("could not be written"));
}

TEST(Program, AnUnknownCommandIsNamed) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"bogus"}, {"ddb", "bogus"}, {"ddb", "bogus", "prod"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage);
    EXPECT_THAT(outcome.err, HasSubstr("\"bogus\""));
  }
}

TEST(Program, EveryCommandHasHelpWithExamplesAndExitCodes) {
  std::vector<std::vector<std::string>> commands{{}, {"serve"}, {"ddb"}, {"completion"}};
  for (const char* name : {"schema-load", "list-tables", "drop", "seed", "scan", "get-conversation",
                           "list-conversations"}) {
    commands.push_back({"ddb", name});
  }
  for (auto command : commands) {
    command.emplace_back("--help");
    const Outcome help = run(command);
    EXPECT_EQ(help.code, ExitCode::kDone) << command.front();
    EXPECT_THAT(help.out, HasSubstr("Examples:"));
    EXPECT_EQ(help.err, "");
    if (command.front() != "completion") {
      EXPECT_THAT(help.out, HasSubstr("Exit codes:"));
    }
  }
}

TEST(Program, WrongUsageIsExplainedOnStderr) {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"no-such-command"},
      {"ddb"},
      {"ddb", "no-such-command"},
      {"ddb", "list-tables", "--no-such-option"},
      {"ddb", "list-tables", "production"},
      {"ddb", "drop"},
      {"ddb", "scan", "--limit", "0"},
      {"ddb", "list-tables", "--endpoint-url", "localhost:8000"},
      {"serve", "--port", "70000"},
      {"serve", "--durability", "maybe"},
      {"serve", "--in-memory", "--data", "x"},
      {"serve", "--in-memory", "--port", "0", "--bind", "nowhere"},
      {"completion", "tcsh"},
  };
  for (const auto& arguments : wrong) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, ExitCode::kUsage) << fmt::format("{}", fmt::join(arguments, " "));
    EXPECT_NE(outcome.err, "");
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(Program, ListTablesPrintsALineEachOrJson) {
  FakeServer server;
  server.replies["ListTables"] = R"({"TableNames":["a","b"]})";
  EXPECT_EQ(run({"ddb", "list-tables", "--endpoint-url", server.url()}).out, "a\nb\n");
  EXPECT_EQ(run({"ddb", "list-tables", "--json", "--endpoint-url", server.url()}).out,
            "{\"TableNames\":[\"a\",\"b\"]}\n");
}

TEST(Program, GetConversationPrintsRowsAndTheCapacity) {
  FakeServer server;
  server.replies["Query"] =
      R"({"Items":[{"pk":{"S":"MSG#g"},"sk":{"S":"not a time"},"message":{"S":"a\tb"},)"
      R"("user_handle":{"S":"ines"},"user_display_name":{"S":"Ines"}}],)"
      R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}})";
  EXPECT_EQ(run({"ddb", "get-conversation", "--endpoint-url", server.url()}).out,
            "not a time\tines\tInes\ta\\tb\n# consumed capacity\t0.5\tt\n");
}

TEST(Program, GetConversationGoesOnWhereItIsToldAndSaysWhereItEnded) {
  FakeServer server;
  server.replies["Query"] =
      R"({"Items":[{"pk":{"S":"MSG#g"},"sk":{"S":"s1"},"message":{"S":"a"}}],)"
      R"("LastEvaluatedKey":{"pk":{"S":"MSG#g"},"sk":{"S":"s1"}},)"
      R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}})";
  const std::vector<std::string> command{"ddb",
                                         "get-conversation",
                                         "--group",
                                         "g",
                                         "--limit",
                                         "2",  // two replies of one item each
                                         "--endpoint-url",
                                         server.url()};
  EXPECT_EQ(run(command).out,
            "s1\t\t\ta\ns1\t\t\ta\n# consumed capacity\t1\tt\n# next cursor\ts1\n");
  EXPECT_THAT(server.last_body(), HasSubstr(R"("Limit":1)"));
  EXPECT_THAT(server.last_body(), HasSubstr(R"("sk":{"S":"s1"})"));

  std::vector<std::string> with_cursor = command;
  with_cursor.insert(with_cursor.end(), {"--limit", "1", "--cursor", "s0", "--json"});
  with_cursor.erase(with_cursor.begin() + 4, with_cursor.begin() + 6);
  EXPECT_EQ(run(with_cursor).out,
            R"({"Items":[{"pk":{"S":"MSG#g"},"sk":{"S":"s1"},"message":{"S":"a"}}],"Count":1,)"
            R"("LastEvaluatedKey":{"pk":{"S":"MSG#g"},"sk":{"S":"s1"}},)"
            R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}})"
            "\n");
  EXPECT_THAT(server.last_body(),
              HasSubstr(R"("ExclusiveStartKey":{"pk":{"S":"MSG#g"},"sk":{"S":"s0"}})"));
}

TEST(Program, AnAnswerThatIsNotDynamoDbsIsToldApart) {
  FakeServer server;
  server.status = 404;
  server.replies["ListTables"] = "<html>";
  const Outcome outcome = run({"ddb", "list-tables", "--endpoint-url", server.url()});
  EXPECT_EQ(outcome.code, ExitCode::kFailed);
  EXPECT_THAT(outcome.err, HasSubstr("HTTP status 404: this is no answer of DynamoDB's"));
}

TEST(Program, AServersErrorIsPrintedWithAHintAndCodeOne) {
  FakeServer server;
  server.status = 400;
  server.replies["DescribeTable"] =
      R"({"__type":"x#ResourceNotFoundException","message":"no such table"})";
  const Outcome outcome = run({"ddb", "scan", "--endpoint-url", server.url()});
  EXPECT_EQ(outcome.code, ExitCode::kFailed);
  EXPECT_THAT(outcome.err, HasSubstr("ResourceNotFoundException: no such table"));
  EXPECT_THAT(outcome.err, HasSubstr("parley ddb schema-load"));
}

TEST(Program, NoServerIsCodeThreeWithAHint) {
  std::string url;
  {
    const FakeServer server;
    url = server.url();
  }
  const Outcome outcome = run({"ddb", "list-tables", "--endpoint-url", url});
  EXPECT_EQ(outcome.code, ExitCode::kUnreachable);
  EXPECT_THAT(outcome.err, HasSubstr(url));
  EXPECT_THAT(outcome.err, HasSubstr("parley serve"));
}

TEST(Program, TheEnvironmentNamesTheEndpointUnlessTheCommandDoes) {
  FakeServer server;
  server.replies["ListTables"] = R"({"TableNames":["a"]})";
  static std::string url;
  url = server.url();
  const auto environment = [](const char* name) -> const char* {
    const std::string_view variable(name);
    if (variable == "AWS_ENDPOINT_URL_DYNAMODB") return url.c_str();
    if (variable == "AWS_ENDPOINT_URL") return "http://127.0.0.1:1";
    return test_environment(name);
  };
  EXPECT_EQ(run({"ddb", "list-tables"}, {.environment = environment}).out, "a\n");
  EXPECT_EQ(run({"ddb", "list-tables", "--endpoint-url", "http://127.0.0.1:1"},
                {.environment = environment})
                .code,
            ExitCode::kUnreachable);
}

TEST(Program, ProdNeedsCredentialsAndARegion) {
  const Outcome outcome = run({"ddb", "list-tables", "prod"}, {.environment = empty_environment});
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_THAT(outcome.err, HasSubstr("credentials"));
}

TEST(Program, DropInProdIsRefusedWithoutATerminal) {
  FakeServer server;
  const Outcome outcome =
      run({"ddb", "drop", "t", "prod", "--endpoint-url", server.url()}, {.input = "y\n"});
  EXPECT_EQ(outcome.code, ExitCode::kNotConfirmed);
  EXPECT_THAT(outcome.err, HasSubstr("--yes"));
  EXPECT_TRUE(server.asked().empty());
}

TEST(Program, DropInProdAsksOnATerminal) {
  FakeServer server;
  const std::vector<std::string> drop{"ddb", "drop", "t", "prod", "--endpoint-url", server.url()};
  for (const char* answer : {"", "\n", "n\n", "no\n", "yesterday\n"}) {
    const Outcome outcome = run(drop, {.in_is_terminal = true, .input = answer});
    EXPECT_EQ(outcome.code, ExitCode::kNotConfirmed) << answer;
    EXPECT_THAT(outcome.err, HasSubstr("Delete the table t"));
  }
  EXPECT_TRUE(server.asked().empty());
  EXPECT_EQ(run(drop, {.in_is_terminal = true, .input = "y\n"}).code, ExitCode::kDone);
  EXPECT_THAT(server.asked(), ElementsAre("DeleteTable"));
}

TEST(Program, DropAsksNothingLocallyOrWithYes) {
  FakeServer server;
  EXPECT_EQ(run({"ddb", "drop", "t", "--endpoint-url", server.url()}).code, ExitCode::kDone);
  EXPECT_EQ(run({"ddb", "drop", "t", "prod", "--yes", "--endpoint-url", server.url()}).code,
            ExitCode::kDone);
  EXPECT_THAT(server.asked(), ElementsAre("DeleteTable", "DeleteTable"));
}

TEST(Program, ServeOnAPortInUseIsCodeFive) {
  const FakeServer server;
  const std::string port = server.url().substr(server.url().rfind(':') + 1);
  const Outcome outcome = run({"serve", "--in-memory", "--port", port});
  EXPECT_EQ(outcome.code, ExitCode::kPortInUse);
  EXPECT_THAT(outcome.err, HasSubstr(port));
  EXPECT_EQ(outcome.out, "");
  const Outcome of_app = run({"serve", "--in-memory", "--port", "0", "--app-port", port});
  EXPECT_EQ(of_app.code, ExitCode::kPortInUse);
  EXPECT_THAT(of_app.err, HasSubstr("choose another port with --app-port\n"));
  EXPECT_EQ(of_app.out, "");
}

TEST(Serve, KnowsWhichAddressesOthersReach) {
  for (const char* bind : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) {
    EXPECT_TRUE(is_loopback(bind)) << bind;
  }
  for (const char* bind : {"0.0.0.0", "::", "10.1.2.3", "::1:2"}) {
    EXPECT_FALSE(is_loopback(bind)) << bind;
  }
}

TEST(DataDirectory, FollowsXdg) {
  EXPECT_EQ(*default_data_directory([](const char* name) -> const char* {
    return std::string_view(name) == "XDG_DATA_HOME" ? "/x" : "/h";
  }),
            "/x/parley");
  EXPECT_EQ(*default_data_directory([](const char* name) -> const char* {
    return std::string_view(name) == "XDG_DATA_HOME" ? "relative" : "/h";
  }),
            "/h/.local/share/parley");
  EXPECT_FALSE(default_data_directory(empty_environment).has_value());
}

std::string complete(std::vector<std::string> words) {
  words.insert(words.begin(), "__complete");
  return run(words).out;
}

TEST(Serve, OptionsThatWouldSayNothingAreRefused) {
  for (const char* here : {"--in-memory", "--demo", "--no-app"}) {
    const auto refused = run({"serve", "--database-endpoint", "http://localhost:1", here});
    EXPECT_EQ(refused.code, ExitCode::kUsage) << here;
    EXPECT_THAT(refused.err, HasSubstr(here));
  }
  for (const std::vector<std::string>& elsewhere : {std::vector<std::string>{"--trigger", "lambda"},
                                                    {"--lease-time", "5"},
                                                    {"--create-table"},
                                                    {"--database-region", "eu-west-1"},
                                                    {"--database-profile", "p"}}) {
    std::vector<std::string> words{"serve", "--in-memory", "--port", "0"};
    words.insert(words.end(), elsewhere.begin(), elsewhere.end());
    const auto refused = run(words);
    EXPECT_EQ(refused.code, ExitCode::kUsage) << elsewhere.front();
    EXPECT_THAT(refused.err, HasSubstr("--database-endpoint"));
  }
  const auto refused = run({"serve", "--database-endpoint", "http://localhost:1", "--trigger",
                            "lambda", "--lease-time", "5"});
  EXPECT_EQ(refused.code, ExitCode::kUsage);
  EXPECT_THAT(refused.err, HasSubstr("--trigger reader"));
}

TEST(Serve, TheBuiltInSignInIsRefusedWhereOthersReachIt) {
  const auto refused = run({"serve", "--database-endpoint", "http://localhost:1", "--bind",
                            "0.0.0.0", "--app-port", "0"});
  EXPECT_EQ(refused.code, ExitCode::kUsage);
  EXPECT_THAT(refused.err, HasSubstr("--oidc-issuer"));
}

TEST(Completion, OffersCommandsOptionsAndTheirValues) {
  EXPECT_EQ(complete({""}), "completion\nddb\nfunction\nserve\ntrigger\n");
  EXPECT_EQ(complete({"ddb", "li"}), "list-conversations\nlist-tables\n");
  EXPECT_EQ(complete({"serve", "--du"}), "--durability\n");
  EXPECT_EQ(complete({"serve", "--durability", ""}), "fsync\nnone\nos\n");
  EXPECT_EQ(complete({"ddb", "seed", "p"}), "prod\n");
  EXPECT_EQ(complete({"ddb", "seed", "--table", ""}), "") << "a name that only the user knows";
  EXPECT_EQ(complete({"ddb", "seed", "--json", "p"}), "prod\n") << "a flag takes no value";
  EXPECT_EQ(complete({"completion", ""}), "bash\nfish\nzsh\n");
  EXPECT_EQ(complete({"nonsense", "--"}), "--help\n--version\n");
  EXPECT_EQ(complete({"serve", "--durability=n"}), "--durability=none\n");
  EXPECT_EQ(complete({"serve", "--durability", "=", "n"}), "none\n") << "as bash parts it";
  EXPECT_EQ(complete({"serve", "--durability", "="}), "fsync\nnone\nos\n");
  EXPECT_EQ(complete({}), "completion\nddb\nfunction\nserve\ntrigger\n");
  EXPECT_EQ(complete({"trigger", "dead-letters", "re"}), "replay\n");
  EXPECT_EQ(complete({"trigger", "create", "--starting-position", ""}), "LATEST\nTRIM_HORIZON\n");
}

TEST(Completion, EveryShellHasAScript) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_THAT(run({"completion", shell}).out, HasSubstr("__complete")) << shell;
  }
}

}  // namespace
}  // namespace parley::cli
