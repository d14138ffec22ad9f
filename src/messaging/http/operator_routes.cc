// For whoever runs the service.
#include <fmt/format.h>

#include "messaging/http/app.h"
#include "messaging/http/handlers.h"
#include "messaging/http/openapi.h"

namespace parley::messaging {
namespace {

/// A metric in the text format of Prometheus.
std::string metric(std::string_view name, std::string_view kind, std::string_view help,
                   std::uint64_t value) {
  return fmt::format("# HELP parley_{0} {2}\n# TYPE parley_{0} {1}\nparley_{0} {3}\n", name, kind,
                     help, value);
}

std::string http_metrics(const HttpMetrics& metrics) {
  std::string out =
      "# HELP parley_http_replies_total Replies of the messaging API by class of status\n"
      "# TYPE parley_http_replies_total counter\n";
  for (const std::size_t status_class : {2U, 3U, 4U, 5U}) {
    out += fmt::format("parley_http_replies_total{{class=\"{}xx\"}} {}\n", status_class,
                       metrics.replies(status_class));
  }
  return out;
}

std::string live_metrics(const HubMetrics& metrics) {
  return metric("live_connections", "gauge", "Live connections", metrics.connections) +
         metric("live_people", "gauge", "People with a live connection", metrics.people) +
         metric("live_processes", "gauge", "Other processes that are heard of", metrics.processes) +
         metric("live_events_total", "counter", "Events delivered", metrics.events_delivered) +
         metric("live_resumed_total", "counter", "Connections resumed", metrics.resumed) +
         metric("live_not_resumed_total", "counter", "Connections told to read again",
                metrics.not_resumed);
}

std::string cache_metrics(const cache::CacheMetrics& metrics) {
  return metric("cache_hits_total", "counter", "Reads answered by the cache", metrics.hits) +
         metric("cache_misses_total", "counter", "Reads that filled the cache", metrics.misses) +
         metric("cache_coalesced_total", "counter", "Reads that waited for another's fill",
                metrics.coalesced) +
         metric("cache_bypassed_total", "counter", "Reads past a cache that cannot be relied on",
                metrics.bypassed) +
         metric("cache_stale_fills_discarded_total", "counter", "Fills that raced an invalidation",
                metrics.stale_fills_discarded) +
         metric("cache_invalidations_total", "counter", "Collections invalidated",
                metrics.invalidations) +
         metric("cache_store_failures_total", "counter", "Calls of the cache that failed",
                metrics.store_failures) +
         metric("cache_size_bytes", "gauge", "What the cache holds in this process",
                metrics.usage.size_bytes);
}

}  // namespace

Result<net::HttpReply> get_health(Call&) {
  return json_reply(200, R"({"status":"ok"})");
}

Result<net::HttpReply> get_metrics(Call& call) {
  std::string text = http_metrics(call.app.metrics) + live_metrics(call.app.hub.metrics());
  if (call.app.cache != nullptr) text += cache_metrics(call.app.cache->metrics());
  if (call.app.is_leading) {
    text += metric("trigger_leading", "gauge", "Whether this process moves conversation rows",
                   call.app.is_leading() ? 1 : 0);
  }
  net::HttpReply reply = json_reply(200, std::move(text));
  reply.content_type = "text/plain; version=0.0.4";
  return reply;
}

Result<net::HttpReply> get_openapi(Call&) {
  return json_reply(200, std::string(openapi_document()));
}

}  // namespace parley::messaging
