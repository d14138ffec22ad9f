// AppHandler: from a request to a reply. The web app's files are answered on the event loop; a call
// of the API goes to a thread that may block: the token is verified, the person's account looked
// at, their rate, then the route's handler asked. What only reads a page is tried on the event loop
// first: it mostly is in the cache, or in the database of this process, and handing it over would
// cost more than it does.
#pragma once

#include <functional>
#include <optional>
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
    /// The same for the event loop: an app whose reads fail with client::must_wait() rather than
    /// wait. Null: there is none, or not yet. Does not block.
    std::function<App*()> immediate_app;
  };

  explicit AppHandler(Parts parts) : parts_(std::move(parts)) {}

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override;
  [[nodiscard]] net::HttpReply failure(const net::HttpRequest& request, int status,
                                       std::string_view reason) override;
  [[nodiscard]] const HttpMetrics& metrics() const { return metrics_; }

 private:
  /// What is asked, and by whom: not yet known if empty; else their rate has been counted.
  struct Asking {
    RouteMatch match;
    std::string person = {};
  };

  /// None: it has to wait; `asking` holds what has been found out.
  [[nodiscard]] std::optional<net::HttpReply> answer_at_once(const net::HttpRequest& request,
                                                             Asking& asking);
  [[nodiscard]] net::HttpReply answer(const net::HttpRequest& request, Asking asking);
  [[nodiscard]] net::HttpReply reply_of(const App& app, const Route& route,
                                        const net::HttpRequest& request,
                                        Result<net::HttpReply> reply) const;
  [[nodiscard]] net::HttpReply unrouted(const net::HttpRequest& request,
                                        const std::string& allowed_methods) const;
  [[nodiscard]] net::HttpReply preflight(const net::HttpRequest& request) const;
  void finish(const net::HttpRequest& request, net::HttpReply& reply);

  const Parts parts_;
  HttpMetrics metrics_;
};

}  // namespace parley::messaging
