// echo_server [PORT [THREADS]]: answers every request with the same 300 bytes of JSON. The ceiling
// of the HTTP stack, against which `make bench` measures GetItem.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "net/http_server.h"

namespace {

class Echo final : public parley::net::HttpHandler {
 public:
  void handle(const parley::net::HttpRequest&, parley::net::ReplyCallback reply) override {
    reply({.status = 200, .content_type = "application/x-amz-json-1.0", .body = body_});
  }

 private:
  const std::string body_ = R"({"Item":{"text":{"S":")" + std::string(273, 'x') + R"("}}})";
};

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Echo echo;
  parley::net::HttpServerOptions options;
  if (argc > 1) options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  if (argc > 2) options.threads = static_cast<unsigned>(std::atoi(argv[2]));
  const auto server = parley::net::HttpServer::listen(options, echo);
  if (!server) {
    fmt::print(stderr, "{}\n", server.error().message);
    return 1;
  }
  (*server)->start();
  fmt::print("echo on http://127.0.0.1:{}\n", (*server)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->stop(std::chrono::milliseconds(100));
  return 0;
}
