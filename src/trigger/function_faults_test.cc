// Functions that misbehave, limits, and what changes under running functions.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "trigger/process/child_process.h"
#include "trigger/process/line_splitter.h"
#include "trigger/test_functions.h"

namespace parley::trigger {
namespace {

using testing::HasSubstr;

constexpr const char* kRuntime = "python3.12";

// What takes milliseconds, on a machine that is busy with everything else.
constexpr std::chrono::milliseconds kWaitMax{60'000};

/// Blocks until `descriptor` is readable; a failure after kWaitMax.
testing::AssertionResult becomes_readable(const FileDescriptor& descriptor) {
  pollfd wanted{.fd = descriptor.get(), .events = POLLIN, .revents = 0};
  if (::poll(&wanted, 1, static_cast<int>(kWaitMax.count())) == 1) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "nothing within " << kWaitMax.count() << " ms";
}

/// A fifo on which a function says that it runs.
class Announcement {
 public:
  explicit Announcement(std::string path) : path_(std::move(path)) {
    EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    reading_ = FileDescriptor(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  /// The line of Python that announces.
  [[nodiscard]] std::string python() const { return "open('" + path_ + "', 'w').write('.')\n"; }
  [[nodiscard]] testing::AssertionResult comes() const { return becomes_readable(reading_); }

 private:
  std::string path_;
  FileDescriptor reading_;
};

TEST(FunctionFaults, FailedInitialisationIsTriedOnceMore) {
  TestFunctions functions;
  const std::string marker = functions.directory() + "/tried";
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py",
                     "import os, sys\n"
                     "if not os.path.exists('" +
                         marker +
                         "'):\n"
                         "  open('" +
                         marker +
                         "', 'w').close()\n"
                         "  sys.exit(9)\n"
                         "def handler(e, c): return 'there'\n"}});
  EXPECT_EQ(functions.invoke("f").payload, "\"there\"");
  EXPECT_THAT(functions.log_of("f"),
              HasSubstr("\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n"));
}

TEST(FunctionFaults, InitialisationThatFailsTwiceFailsTheInvocation) {
  TestFunctions functions;
  functions.create("f", kRuntime, "app.handler", {{"app.py", "import sys\nsys.exit(9)\n"}});
  const auto outcome = functions.invoke("f", "{}", true);
  EXPECT_TRUE(outcome.function_error);
  EXPECT_EQ(outcome.payload, R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: )" +
                                 outcome.request_id +
                                 R"( Error: Runtime exited with error: exit status 9"})");
  EXPECT_THAT(outcome.log_tail, HasSubstr("\tPhase: invoke\tStatus: error"));
  EXPECT_THAT(outcome.log_tail, HasSubstr("END RequestId: " + outcome.request_id));
}

TEST(FunctionFaults, SlowInitialisationIsTriedOnceMoreWithTheFunctionsTimeout) {
  FunctionsOptions options;
  options.init_timeout = std::chrono::milliseconds(300);
  TestFunctions functions(options);
  FunctionSettings settings;
  settings.timeout_s = 1;
  functions.create("slow", kRuntime, "app.handler", {{"app.py", "import time\ntime.sleep(60)\n"}},
                   settings);
  const auto outcome = functions.invoke("slow");
  EXPECT_THAT(outcome.payload, HasSubstr("\"errorType\":\"Sandbox.Timedout\""));
  EXPECT_THAT(outcome.payload, HasSubstr("Error: Task timed out after 1.00 seconds"));
  EXPECT_THAT(functions.log_of("slow"), HasSubstr("\tPhase: init\tStatus: timeout\n"));
  settings.timeout_s = 10;
  functions.create("late", kRuntime, "app.handler",
                   {{"app.py", "import time\ntime.sleep(1)\ndef handler(e, c): return 1\n"}},
                   settings);
  EXPECT_EQ(functions.invoke("late").payload, "1");
}

TEST(FunctionFaults, MemoryOverTheLimitKillsTheProcess) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 30;
  functions.create("grows", kRuntime, "app.handler", {{"app.py", R"(
import time
def handler(event, context):
  kept = []
  while True:
    kept.append(bytearray(b'x' * (4 << 20)))
    time.sleep(0.005)
)"}},
                   settings);
  const auto outcome = functions.invoke("grows", "{}", true);
  EXPECT_TRUE(outcome.function_error);
  EXPECT_THAT(outcome.payload, HasSubstr("Error: Runtime exited with error: signal: killed"));
  EXPECT_THAT(outcome.log_tail, HasSubstr("Max Memory Used: 128 MB"));
}

TEST(FunctionFaults, FloodOfOutputIsBoundedAndDoesNotStopTheFunction) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 60;
  functions.create("floods", kRuntime, "app.handler", {{"app.py", R"(
def handler(event, context):
  for i in range(40):
    print('x' * 1_000_000)
  return 'done'
)"}},
                   settings);
  const auto outcome = functions.invoke("floods", "{}", true);
  EXPECT_EQ(outcome.payload, "\"done\"");
  EXPECT_LE(outcome.log_tail.size(), 4096u);
  EXPECT_THAT(outcome.log_tail, HasSubstr("END RequestId"));
  const auto lines = functions->logs("floods", 0, 1'000'000);
  ASSERT_TRUE(lines);
  std::size_t total = 0;
  for (const LogLine& line : *lines) {
    EXPECT_LE(line.text.size(), kLogLineSizeBytesMax);
    total += line.text.size();
  }
  EXPECT_LE(total, 18u << 20);
  EXPECT_GE(lines->back().number, 160u);  // each line in four parts
}

TEST(FunctionFaults, RubbishRepliesArePassedOnAndRubbishErrorsBecomeUnknown) {
  TestFunctions functions;
  functions.create("rubbish", "provided", "",
                   {{"bootstrap", R"(#!/bin/bash
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  body=$(curl -sS -D /tmp/parley-test-headers-$$ "$api/invocation/next")
  id=$(grep -Fi aws-request-id /tmp/parley-test-headers-$$ | tr -d '[:space:]' | cut -d: -f2)
  rm /tmp/parley-test-headers-$$
  if [ "$body" = '"error"' ]; then what=error; else what=response; fi
  curl -sS "$api/invocation/$id/$what" -d '<not json'
  curl -sS "$api/invocation/$id/$what" -d 'again'
  curl -sS "$api/invocation/wrong/response" -d '1'
  curl -sS "$api/nonsense"
done
)",
                     true}});
  EXPECT_EQ(functions.invoke("rubbish").payload, "<not json");
  const auto outcome = functions.invoke("rubbish", "\"error\"");
  EXPECT_TRUE(outcome.function_error);
  EXPECT_EQ(outcome.payload, R"({"errorType":"Runtime.Unknown","errorMessage":"RequestId: )" +
                                 outcome.request_id +
                                 R"( Error: Unknown application error occurred"})");
}

TEST(FunctionFaults, OffspringOfAProcessDiesWithIt) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 1;
  const std::string fifo = functions.directory() + "/alive";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  // The grandchild holds the fifo open for writing as long as it lives.
  functions.create("forks", kRuntime, "app.handler",
                   {{"app.py",
                     "import subprocess, time\n"
                     "def handler(e, c):\n"
                     "  subprocess.Popen(['sh', '-c', 'exec 3>" +
                         fifo +
                         "; echo up >&3; sleep 600'])\n"
                         "  time.sleep(60)\n"}},
                   settings);
  auto outcome = functions.begin("forks", "{}");
  std::ifstream reading(fifo);
  std::string line;
  EXPECT_TRUE(std::getline(reading, line));
  EXPECT_EQ(line, "up");
  EXPECT_FALSE(std::getline(reading, line));  // the end: nobody holds it any more
  EXPECT_THAT(outcome.get()->payload, HasSubstr("Sandbox.Timedout"));
}

/// A handler that leaves a process behind which holds `fifo` open as long as it lives, has left its
/// process group and session, and whose parent has ended; and then does `then`.
std::string daemon_handler(const std::string& fifo, const std::string& then) {
  return R"(
import os, subprocess, sys, time
DAEMON = '''
import os, sys, time
if os.fork(): os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
out = os.open(sys.argv[1], os.O_WRONLY)
os.write(out, b"up" + bytes([10]))
os.mkdir(sys.argv[1] + ".held")
time.sleep(600)
'''
FIFO = ')" +
         fifo + R"('
def handler(e, c):
  subprocess.run([sys.executable, '-c', DAEMON, FIFO])
  while not os.path.exists(FIFO + '.held'): time.sleep(0.01)
  os.rmdir(FIFO + '.held')
  )" + then +
         "\n";
}

TEST(FunctionFaults, DaemonsOfAProcessDieWithIt) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 1;
  const std::string fifo = functions.directory() + "/alive";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::string line;
  for (const char* ending : {"time.sleep(60)", "os._exit(0)"}) {
    functions.create("daemon", kRuntime, "app.handler", {{"app.py", daemon_handler(fifo, ending)}},
                     settings);
    auto outcome = functions.begin("daemon", "{}");
    std::ifstream reading(fifo);
    EXPECT_TRUE(std::getline(reading, line)) << ending;
    EXPECT_FALSE(std::getline(reading, line)) << ending;  // nobody holds it any more
    EXPECT_TRUE(outcome.get()->function_error);
    ASSERT_TRUE(functions->remove("daemon"));
  }
}

TEST(FunctionFaults, DaemonsDieWithADeletedFunction) {
  TestFunctions functions;
  const std::string fifo = functions.directory() + "/alive";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  functions.create("daemon", kRuntime, "app.handler",
                   {{"app.py", daemon_handler(fifo, "return 1")}});
  auto outcome = functions.begin("daemon", "{}");
  std::ifstream reading(fifo);
  std::string line;
  EXPECT_TRUE(std::getline(reading, line));
  EXPECT_EQ(outcome.get()->payload, "1");
  ASSERT_TRUE(functions->remove("daemon"));
  EXPECT_FALSE(std::getline(reading, line));
}

// Where the test below finds that it is to be the server which is killed.
constexpr const char* kServerVariable = "PARLEY_TEST_KILLED_SERVER";

void be_the_server(const std::string& fifo) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 600;
  functions.create("forks", kRuntime, "app.handler",
                   {{"app.py",
                     "import subprocess, time, os\n"
                     "def handler(e, c):\n"
                     "  out = os.open('" +
                         fifo +
                         "', os.O_WRONLY)\n"
                         "  subprocess.Popen(['sleep', '600'], pass_fds=[out])\n"
                         "  subprocess.Popen(['sleep', '600'], pass_fds=[out],\n"
                         "                   start_new_session=True)\n"
                         "  os.write(out, b'up\\n')\n"
                         "  time.sleep(600)\n"}},
                   settings);
  functions.invoke("forks");
}

TEST(FunctionFaults, ProcessesAndTheirOffspringDieWithAKilledServer) {
  if (const char* fifo = ::getenv(kServerVariable)) return be_the_server(fifo);
  const storage::TemporaryDirectory directory;
  const std::string fifo = directory.path() + "/alive";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const pid_t server = ::fork();
  ASSERT_GE(server, 0);
  if (server == 0) {
    ::setenv(kServerVariable, fifo.c_str(), 1);
    ::setenv("TMPDIR", directory.path().c_str(), 1);  // it cannot clean up after itself
    ::execl("/proc/self/exe", "server",
            "--gtest_filter=FunctionFaults.ProcessesAndTheirOffspringDieWithAKilledServer",
            "--gtest_brief=1", nullptr);
    ::_exit(1);
  }
  std::ifstream reading(fifo);
  std::string line;
  EXPECT_TRUE(std::getline(reading, line));
  ASSERT_EQ(::kill(server, SIGKILL), 0);
  ::waitpid(server, nullptr, 0);
  EXPECT_FALSE(std::getline(reading, line));  // the end: process and grandchild are gone
}

TEST(FunctionFaults, ManyInvocationsShareProcessesUpToTheLimit) {
  FunctionsOptions options;
  options.concurrency_max = 3;
  TestFunctions functions(options);
  const std::string present = functions.directory() + "/present";
  std::filesystem::create_directory(present);
  FunctionSettings settings;
  settings.timeout_s = 60;
  // Each waits until three processes are there.
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py",
                     "import os, time\ndef handler(e, c):\n"
                     "  open('" +
                         present +
                         "/' + str(os.getpid()), 'w').close()\n"
                         "  while len(os.listdir('" +
                         present +
                         "')) < 3: time.sleep(0.01)\n"
                         "  return os.getpid()\n"}},
                   settings);
  std::vector<std::future<Result<InvocationOutcome>>> outcomes;
  for (int i = 0; i < 30; ++i) outcomes.push_back(functions.begin("f", "{}"));
  std::set<std::string> processes;
  for (auto& outcome : outcomes) processes.insert(outcome.get()->payload);
  EXPECT_EQ(processes.size(), 3u);
}

TEST(FunctionFaults, ReservedConcurrencyLimitsAFunctionAndZeroStopsIt) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.concurrency_max = 1;
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py", "import os\ndef handler(e, c): return os.getpid()\n"}}, settings);
  std::vector<std::future<Result<InvocationOutcome>>> outcomes;
  for (int i = 0; i < 10; ++i) outcomes.push_back(functions.begin("f", "{}"));
  std::set<std::string> processes;
  for (auto& outcome : outcomes) processes.insert(outcome.get()->payload);
  EXPECT_EQ(processes.size(), 1u);
  ASSERT_TRUE(functions->set_concurrency("f", 0));
  EXPECT_EQ(functions.begin("f", "{}").get().error().code, ErrorCode::kThrottling);
  ASSERT_TRUE(functions->set_concurrency("f", std::nullopt));
  EXPECT_FALSE(functions.invoke("f").function_error);
}

TEST(FunctionFaults, FullQueueThrottles) {
  FunctionsOptions options;
  options.queue_max = 2;
  options.concurrency_max = 1;
  TestFunctions functions(options);
  FunctionSettings settings;
  settings.timeout_s = 600;
  const std::string go = functions.directory() + "/go";
  const Announcement started(go + ".started");
  // In the handler: whatever is still being initialised waits in the queue itself.
  functions.create(
      "f", kRuntime, "app.handler",
      {{"app.py",
        "import os, time\ndef handler(e, c):\n"
        "  " +
            started.python() + "  while not os.path.exists('" + go + "'): time.sleep(0.01)\n"}},
      settings);
  auto first = functions.begin("f", "1");
  ASSERT_TRUE(started.comes());
  std::vector<std::future<Result<InvocationOutcome>>> others;
  for (int i = 0; i < 4; ++i) others.push_back(functions.begin("f", "2"));
  const auto refused = others.back().get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kThrottling);
  std::ofstream(go).close();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(others.front().get());
}

TEST(FunctionFaults, NativeCallsThatWaitAreRefusedWhenTheQueueIsFullAndAtTheEnd) {
  FunctionsOptions options;
  options.queue_max = 1;
  options.concurrency_max = 1;
  TestFunctions functions(options);
  std::promise<void> runs;
  std::promise<void> go;
  functions->add_native("f", "", [&](std::string_view) -> Result<std::string> {
    runs.set_value();
    go.get_future().wait();
    return "done";
  });
  auto running = functions.begin("f", "1");
  runs.get_future().wait();
  auto waiting = functions.begin("f", "2");
  EXPECT_EQ(functions.begin("f", "3").get().error().code, ErrorCode::kThrottling);
  std::thread stop([&] { functions->stop(std::chrono::milliseconds(0)); });
  const auto end = std::chrono::steady_clock::now() + kWaitMax;
  auto code = ErrorCode::kThrottling;
  while (code == ErrorCode::kThrottling && std::chrono::steady_clock::now() < end) {
    code = functions.begin("f", "4").get().error().code;
  }
  EXPECT_EQ(code, ErrorCode::kUnavailable);
  go.set_value();
  stop.join();
  EXPECT_EQ(running.get()->payload, "done");
  EXPECT_EQ(waiting.get().error().code, ErrorCode::kUnavailable);
}

TEST(FunctionFaults, AFunctionWithoutAProcessGetsOneFromOthers) {
  FunctionsOptions options;
  options.concurrency_max = 1;
  TestFunctions functions(options);
  const std::vector<TestFile> code = {{"app.py", "def handler(e, c): return c.function_name\n"}};
  functions.create("a", kRuntime, "app.handler", code);
  functions.create("b", kRuntime, "app.handler", code);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(functions.invoke("a").payload, "\"a\"");
    EXPECT_EQ(functions.invoke("b").payload, "\"b\"");
  }
}

TEST(FunctionFaults, IdleProcessesEnd) {
  FunctionsOptions options;
  options.idle_process_lifetime = std::chrono::milliseconds(50);
  TestFunctions functions(options);
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py", "import os\ndef handler(e, c): return os.getpid()\n"}});
  const pid_t process = std::stoi(functions.invoke("f").payload);
  const FileDescriptor ended(static_cast<int>(::syscall(SYS_pidfd_open, process, 0U)));
  ASSERT_TRUE(ended.is_open() ? becomes_readable(ended) : testing::AssertionResult(errno == ESRCH));
  EXPECT_NE(std::stoi(functions.invoke("f").payload), process);
}

TEST(FunctionFaults, StopWaitsForWhatRunsAndRefusesTheRest) {
  TestFunctions functions;
  const Announcement started(functions.directory() + "/started");
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py",
                     "import time\ndef handler(e, c):\n"
                     "  " +
                         started.python() + "  time.sleep(0.3)\n  return 'finished'\n"}});
  auto running = functions.begin("f", "{}");
  ASSERT_TRUE(started.comes());
  functions->stop(std::chrono::seconds(20));
  EXPECT_EQ(running.get()->payload, "\"finished\"");
  EXPECT_EQ(functions.begin("f", "{}").get().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(functions.endpoints.open_count(), 0u);
}

TEST(FunctionFaults, StopKillsWhatRunsLongerThanTheGrace) {
  TestFunctions functions;
  FunctionSettings settings;
  settings.timeout_s = 600;
  const Announcement started(functions.directory() + "/started");
  functions.create("f", kRuntime, "app.handler",
                   {{"app.py",
                     "import time\ndef handler(e, c):\n"
                     "  " +
                         started.python() + "  time.sleep(600)\n"}},
                   settings);
  auto running = functions.begin("f", "{}");
  ASSERT_TRUE(started.comes());
  functions->stop(std::chrono::milliseconds(0));
  EXPECT_EQ(running.get().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace parley::trigger
