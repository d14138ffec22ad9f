// What functions cost: the start of a process, and a warm invocation of a handler that returns at
// once, over the HTTP server they have in the product. Prints one line for each.
//
//   functions_bench [INVOCATIONS]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cli/runtime_api_server.h"
#include "storage/commit_pipeline.h"
#include "storage/storage.h"
#include "trigger/functions.h"

namespace parley::cli {
namespace {

namespace fs = std::filesystem;
using Microseconds = std::chrono::duration<double, std::micro>;

struct Subject {
  const char* name;
  const char* runtime;
  const char* handler;
  const char* file;
  const char* source;
};

// A custom runtime in as little as it takes: Python, without Lambda's conveniences.
constexpr Subject kSubjects[] = {
    {"python3", "python3.12", "app.handler", "app.py", "def handler(e, c): return e\n"},
    {"nodejs", "nodejs20.x", "app.handler", "app.js", "exports.handler = async (e) => e;\n"},
    {"provided", "provided.al2023", "", "bootstrap", R"(#!/usr/bin/python3 -IS
import _socket, os
host, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')
s = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
s.connect((host, int(port)))
s.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
wish = b'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n'
s.send(wish)
while True:
  got = s.recv(65536)
  at = got.find(b'Lambda-Runtime-Aws-Request-Id: ')
  if at < 0: continue
  s.send(b'POST /2018-06-01/runtime/invocation/' + got[at + 31:at + 67] +
         b'/response HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}' + wish)
)"},
};

bool invoke(trigger::Functions& functions, const std::string& name) {
  std::promise<bool> promise;
  auto future = promise.get_future();
  functions.invoke({.function_name = name, .payload = R"({"a":1})"},
                   [&promise](Result<trigger::InvocationOutcome> outcome) {
                     if (outcome && outcome->function_error) fmt::print("{}\n", outcome->payload);
                     promise.set_value(outcome && !outcome->function_error);
                   });
  return future.get();
}

double percentile(std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(static_cast<double>(sorted.size()) * share))];
}

bool measure(trigger::Functions& functions, const Subject& subject, const fs::path& directory,
             int invocations) {
  const fs::path code = directory / subject.name;
  fs::create_directories(code);
  std::ofstream(code / subject.file) << subject.source;
  fs::permissions(code / subject.file, fs::perms(0755));
  trigger::FunctionSettings settings;
  settings.runtime = subject.runtime;
  settings.handler = subject.handler;
  settings.memory_mb = 256;
  if (!functions.create(subject.name, settings, trigger::DirectoryCode{code})) return false;
  std::vector<double> cold;
  for (int i = 0; i < 10; ++i) {
    // New settings, new process.
    if (!functions.update_settings({.name = subject.name, .timeout_s = 3 + i})) return false;
    const auto began = std::chrono::steady_clock::now();
    if (!invoke(functions, subject.name)) return false;
    cold.push_back(Microseconds(std::chrono::steady_clock::now() - began).count());
  }
  std::vector<double> warm;
  for (int i = 0; i < invocations; ++i) {
    const auto began = std::chrono::steady_clock::now();
    if (!invoke(functions, subject.name)) return false;
    warm.push_back(Microseconds(std::chrono::steady_clock::now() - began).count());
  }
  std::ranges::sort(cold);
  std::ranges::sort(warm);
  fmt::print("{:10} cold p50 {:6.1f} ms  max {:6.1f} ms   warm p50 {:6.0f} us  p99 {:6.0f} us\n",
             subject.name, percentile(cold, 0.5) / 1000, cold.back() / 1000, percentile(warm, 0.5),
             percentile(warm, 0.99));
  return true;
}

int run(int invocations) {
  std::string path = (fs::temp_directory_path() / "parley-bench-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) return 1;
  const SystemClock clock;
  SystemRandom random;
  const model::Realm realm;
  const auto store = storage::open_store({});
  if (!store) return 1;
  storage::CommitPipeline commits(**store, storage::CommitOptions{});
  RuntimeApiServer server;
  trigger::FunctionsOptions options;
  options.directory = path + "/functions";
  options.endpoint_url = "http://127.0.0.1:1";
  options.python = "/usr/bin/python3";
  auto functions =
      trigger::Functions::open(**store, commits, server, realm, options, clock, random);
  bool good = functions.has_value();
  for (const Subject& subject : kSubjects) {
    good = good && measure(**functions, subject, path, invocations);
  }
  if (functions) functions->reset();
  std::error_code ignored;
  fs::remove_all(path, ignored);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace parley::cli

int main(int argc, char** argv) {
  return parley::cli::run(argc > 1 ? std::atoi(argv[1]) : 2000);
}
