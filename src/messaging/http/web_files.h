// The web app's files, which are part of the binary (web/CMakeLists.txt makes the table).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace parley::messaging {

/// All views have static storage.
struct WebFile {
  std::string_view path;  // "/index.html"
  std::string_view content_type;
  std::string_view etag;  // weak, quoted, as in the header; the same for both bodies
  bool is_hashed;         // its name changes with its bytes
  std::string_view body;
  std::string_view gzip;  // the body, gzipped; empty where that is no smaller
};

/// Every file, in the order of their paths.
[[nodiscard]] std::span<const WebFile> web_files();

/// The file that answers a GET of `path` (decoded, without its query). The app's own paths, which
/// are no files ("/", "/c/ID", "/settings"), give index.html: so does everything whose last part
/// has no dot. Null for a file that there is not. Paths of the API are the caller's affair.
[[nodiscard]] const WebFile* find_web_file(std::string_view path);

/// The value of Cache-Control: for ever where the name changes with the bytes, else to be asked
/// for each time (with If-None-Match).
[[nodiscard]] std::string_view cache_control_of(const WebFile& file);

/// The value of Content-Security-Policy, to be sent with every file. `connect_origins` are allowed
/// besides the server itself: those of the OIDC issuer's discovery and token endpoint
/// ("https://id.example.org"), which the app asks from the browser.
[[nodiscard]] std::string content_security_policy(
    std::span<const std::string> connect_origins = {});

}  // namespace parley::messaging
