// load_generator: sends HTTP requests to a port of this machine and prints what came of it as one
// line of JSON. `make bench` measures with it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "requests.h"
#include "worker.h"

namespace {

using parley::bench::Figures;
using parley::bench::Load;
using parley::bench::Worker;

constexpr int kConnectionsMax = 60'000;
// Between the first requests of two workers; a request's number has ten digits.
constexpr std::uint64_t kNumbersOfAWorker = 1'000'000'000;

struct Options {
  Load load;
  int threads = 1;
  double seconds = 1;
  std::string requests;
};

int fail_with(const parley::Error& error) {
  fmt::print(stderr, "load_generator: {}\n", error.message);
  return 1;
}

long long micros(std::chrono::nanoseconds latency) {
  return std::chrono::duration_cast<std::chrono::microseconds>(latency).count();
}

int run(const Options& options) {
  const auto requests = parley::bench::read_requests(options.requests);
  if (!requests) return fail_with(requests.error());
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < options.threads; ++i) {
    Load share = options.load;
    share.connections = (options.load.connections + i) / options.threads;
    share.rate = options.load.rate / options.threads;
    workers.push_back(
        std::make_unique<Worker>(share, *requests, kNumbersOfAWorker * static_cast<unsigned>(i)));
    if (const auto connected = workers.back()->connect(); !connected) {
      return fail_with(connected.error());
    }
  }
  std::vector<parley::Result<Figures>> results(workers.size());
  std::barrier start(options.threads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers.size(); ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        results[i] = workers[i]->run();
      });
    }
  }
  Figures all;
  for (const auto& result : results) {
    if (!result) return fail_with(result.error());
    all.latencies.add(result->latencies);
    all.failed += result->failed;
  }
  fmt::print(
      R"({{"requests":{},"duration_us":{},"p50_us":{},"p99_us":{},"p999_us":{},"failed":{}}})"
      "\n",
      all.latencies.total() + all.failed, static_cast<long long>(options.seconds * 1e6),
      micros(all.latencies.percentile(0.5)), micros(all.latencies.percentile(0.99)),
      micros(all.latencies.percentile(0.999)), all.failed);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Sends the requests of a file to 127.0.0.1 and prints the figures as JSON."};
  app.add_option("--port", options.load.port)->required();
  app.add_option("--requests", options.requests, "The file; its form is in requests.h")->required();
  app.add_option("--connections", options.load.connections)
      ->check(CLI::Range(1, kConnectionsMax))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Not more than connections")
      ->check(CLI::Range(1, 9))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds)->check(CLI::Range(0.01, 3600.0));
  app.add_option("--rate", options.load.rate,
                 "Requests a second that fall due; without it each connection sends the next as "
                 "soon as the last is answered")
      ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  options.load.duration =
      std::chrono::nanoseconds(static_cast<std::int64_t>(options.seconds * 1e9));
  if (options.threads > options.load.connections) {
    fmt::print(stderr, "load_generator: --threads exceeds --connections\n");
    return 1;
  }
  return run(options);
}
