// AppHandler: from a request to a reply. The web app's files are answered on the event loop; a call
// of the API goes to a thread that may block: the token is verified, the person's account looked
// at, their rate, then the route's handler asked.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "messaging/http/app.h"
#include "messaging/http/call.h"
#include "messaging/http/metrics.h"
#include "messaging/http/routes.h"
#include "net/http_server.h"

namespace parley::messaging {

class AppHandler final : public net::HttpHandler {
 public:
  using Task = std::move_only_function<void()>;
  struct Parts {
    AppSettings settings = {};
    /// Runs a task on a thread that may block; drops it when the server ends.
    std::function<void(Task)> spawn;
    /// The app, set up at the first call that needs it; asked for each call of the API, on such a
    /// thread. Errors: why there is none yet, in words for the client.
    std::function<Result<App*>()> app;
  };

  explicit AppHandler(Parts parts) : parts_(std::move(parts)) {}

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override;
  [[nodiscard]] net::HttpReply failure(const net::HttpRequest& request, int status,
                                       std::string_view reason) override;
  [[nodiscard]] const HttpMetrics& metrics() const { return metrics_; }

 private:
  [[nodiscard]] net::HttpReply answer(const net::HttpRequest& request, RouteMatch match);
  [[nodiscard]] net::HttpReply unrouted(const net::HttpRequest& request,
                                        const std::string& allowed_methods) const;
  [[nodiscard]] net::HttpReply preflight(const net::HttpRequest& request) const;
  void finish(const net::HttpRequest& request, net::HttpReply& reply);

  const Parts parts_;
  HttpMetrics metrics_;
};

}  // namespace parley::messaging
