// Live events.
#include "messaging/http/app.h"
#include "messaging/http/handlers.h"

namespace parley::messaging {

Result<net::HttpReply> stream_events(Call& call) {
  auto stream = std::make_shared<net::ReplyStream>();
  PARLEY_TRY(call.app.hub.connect(call.asker, call.request.header("last-event-id"), stream,
                                  call.asks_until));
  return net::HttpReply{.status = 200,
                        .content_type = "text/event-stream",
                        // A proxy that gathers would hold events back.
                        .headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
                        .stream = std::move(stream)};
}

}  // namespace parley::messaging
