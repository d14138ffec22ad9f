#include "messaging/http/web_reply.h"

#include "messaging/http/problem.h"
#include "messaging/http/url_text.h"
#include "messaging/http/web_files.h"

namespace parley::messaging {
namespace {

bool accepts_gzip(const net::HttpRequest& request) {
  return request.header("accept-encoding").find("gzip") != std::string_view::npos;
}

}  // namespace

net::HttpReply web_reply(const net::HttpRequest& request,
                         const std::vector<std::string>& connect_origins) {
  const auto path = path_decoded(request.path);
  const WebFile* file = path ? find_web_file(*path) : nullptr;
  if (file == nullptr) {
    return problem_reply(404, "no-such-path", "There is nothing at this path", request.path);
  }
  net::HttpReply reply{.status = 200, .content_type = file->content_type};
  reply.headers = {{"Cache-Control", std::string(cache_control_of(*file))},
                   {"Content-Security-Policy", content_security_policy(connect_origins)},
                   {"ETag", std::string(file->etag)},
                   {"Referrer-Policy", "no-referrer"},
                   {"Vary", "Accept-Encoding"}};
  if (request.header("if-none-match") == file->etag) {
    reply.status = 304;
    return reply;
  }
  const bool compressed = !file->gzip.empty() && accepts_gzip(request);
  if (compressed) reply.headers.emplace_back("Content-Encoding", "gzip");
  reply.body = compressed ? file->gzip : file->body;
  return reply;
}

}  // namespace parley::messaging
