// echo_server [PORT [THREADS]]: answers every request with the same JSON, as long as an answer to
// the benchmark's request is: an item of 300 bytes, 25 of them to a Query, none to a write. The
// ceiling of the HTTP stack, against which `make bench` measures.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "net/http_server.h"

namespace {

class Echo final : public parley::net::HttpHandler {
 public:
  void handle(const parley::net::HttpRequest& request, parley::net::ReplyCallback reply) override {
    const std::string_view target = request.header("X-Amz-Target");
    const bool writes = target.ends_with(".PutItem") || target.ends_with(".UpdateItem");
    const std::string& body = writes ? nothing_ : target.ends_with(".Query") ? page_ : item_;
    reply({.status = 200, .content_type = "application/x-amz-json-1.0", .body = body});
  }

 private:
  const std::string nothing_ = "{}";
  const std::string item_ = R"({"Item":{"text":{"S":")" + std::string(273, 'x') + R"("}}})";
  const std::string page_ = R"({"Items":[{"text":{"S":")" + std::string(7500, 'x') + R"("}}]})";
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
