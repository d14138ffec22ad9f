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
#include "net/http_server.h"

namespace parley::messaging {

class AppHandler final : public net::HttpHandler {
 public:
  using Task = std::move_only_function<void()>;
  /// Runs a task on a thread that may block; drops it when the server ends.
  using Spawn = std::function<void(Task)>;

  AppHandler() = default;
  /// To be called once, before the server starts. `app` is borrowed and must outlive the server.
  void attach(App& app, Spawn spawn) {
    app_ = &app;
    spawn_ = std::move(spawn);
  }

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override;
  [[nodiscard]] net::HttpReply failure(const net::HttpRequest& request, int status,
                                       std::string_view reason) override;

 private:
  [[nodiscard]] net::HttpReply answer(const Route& route, Call& call);
  [[nodiscard]] Result<net::HttpReply> run(const Route& route, Call& call);
  [[nodiscard]] Result<std::string> asker_of(const net::HttpRequest& request);
  [[nodiscard]] net::HttpReply unrouted(const net::HttpRequest& request,
                                        const std::string& allowed_methods) const;
  [[nodiscard]] net::HttpReply preflight(const net::HttpRequest& request) const;
  void finish(const net::HttpRequest& request, net::HttpReply& reply);

  App* app_ = nullptr;
  Spawn spawn_;
};

}  // namespace parley::messaging
