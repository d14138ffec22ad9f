#include "messaging/http/web_files.h"

#include <algorithm>
#include <array>

namespace parley::messaging {
namespace {

// kPolicy and kFiles.
#include "web_files_table.inc"

constexpr std::string_view kDocument = "/index.html";
constexpr std::string_view kConnect = "connect-src 'self'";

const WebFile* exactly(std::string_view path) {
  const auto found = std::ranges::find(kFiles, path, &WebFile::path);
  return found == kFiles.end() ? nullptr : &*found;
}

}  // namespace

std::span<const WebFile> web_files() {
  return kFiles;
}

const WebFile* find_web_file(std::string_view path) {
  if (const WebFile* file = exactly(path)) return file;
  const std::string_view last = path.substr(std::min(path.rfind('/') + 1, path.size()));
  return last.find('.') == std::string_view::npos ? exactly(kDocument) : nullptr;
}

std::string_view cache_control_of(const WebFile& file) {
  return file.is_hashed ? "public, max-age=31536000, immutable" : "no-cache";
}

std::string content_security_policy(std::span<const std::string> connect_origins) {
  std::string policy{kPolicy};
  auto at = policy.find(kConnect) + kConnect.size();
  for (const std::string& origin : connect_origins) {
    policy.insert(at, " " + origin);
    at += origin.size() + 1;
  }
  return policy;
}

}  // namespace parley::messaging
