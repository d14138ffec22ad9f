// RuntimeApiServer: the addresses at which functions' processes find their Runtime API: one HTTP
// server with one event loop for all of them, and a port of 127.0.0.1 for each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/http_server.h"
#include "trigger/functions.h"

namespace parley::cli {

/// Thread-safe. Outlives the Functions it serves.
class RuntimeApiServer final : public trigger::RuntimeEndpoints, public net::HttpHandler {
 public:
  RuntimeApiServer() = default;
  ~RuntimeApiServer() override;
  RuntimeApiServer(const RuntimeApiServer&) = delete;
  RuntimeApiServer& operator=(const RuntimeApiServer&) = delete;

  /// Starts the server with the first address: who has no functions pays for no thread.
  [[nodiscard]] Result<std::string> open(Handler handler) override;
  /// Waits for a handler that is running.
  void close(const std::string& address) override;

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override;
  void request_failed(std::uint16_t local_port, int status) override;

 private:
  struct Endpoint {
    std::mutex mutex;  // held while the handler runs
    Handler handler;   // nothing once it is closed
  };
  [[nodiscard]] Status start();
  [[nodiscard]] std::shared_ptr<Endpoint> endpoint_at(std::uint16_t port);

  std::mutex mutex_;  // guards what follows
  std::unique_ptr<net::HttpServer> server_;
  std::map<std::uint16_t, std::shared_ptr<Endpoint>> endpoints_;
};

}  // namespace parley::cli
