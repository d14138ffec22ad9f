#include "net/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "net/http_server.h"
#include "net/test_http_server.h"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using testing::HasSubstr;

Url local(std::uint16_t port) {
  return {.tls = false, .host = "127.0.0.1", .port = port};
}

class Echo final : public HttpHandler {
 public:
  void handle(const HttpRequest& request, ReplyCallback reply) override {
    reply({.status = request.path == "/missing" ? 404 : 200,
           .headers = {{"X-Seen", std::string(request.header("x-sent"))},
                       {"X-Host", std::string(request.authority)}},
           .body = std::string(request.method) + " " + std::string(request.query) + " " +
                   std::string(request.body)});
  }
};

struct EchoServer {
  explicit EchoServer(HttpServerOptions options = {}) {
    options.port = 0;
    options.threads = 1;
    server = std::move(*HttpServer::listen(options, handler));
    server->start();
  }
  Echo handler;
  std::unique_ptr<HttpServer> server;
};

TEST(Url, TakesAddressesApart) {
  const auto url = Url::parse("http://localhost:8000/a/b?c=d#fragment");
  ASSERT_TRUE(url.has_value());
  EXPECT_FALSE(url->tls);
  EXPECT_EQ(url->host, "localhost");
  EXPECT_EQ(url->port, 8000);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d");
  EXPECT_EQ(url->authority(), "localhost:8000");
}

TEST(Url, KnowsTheDefaultPorts) {
  EXPECT_EQ(Url::parse("https://dynamodb.ca-central-1.amazonaws.com")->port, 443);
  EXPECT_EQ(Url::parse("https://h")->authority(), "h");
  EXPECT_EQ(Url::parse("HTTP://h")->port, 80);
  EXPECT_EQ(Url::parse("https://h:80")->authority(), "h:80");
  EXPECT_EQ(Url::parse("http://[::1]:8000")->host, "::1");
  EXPECT_EQ(Url::parse("http://[::1]:8000")->authority(), "[::1]:8000");
}

TEST(Url, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", "localhost:8000", "ftp://h", "http://", "http://:1", "http://h:0", "http://h:65536",
        "http://h:x", "http://h:", "http://a b", "http://[::1", "http://user@h", "http://h/a b"}) {
    const auto url = Url::parse(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(HttpClient, SendsARequestAndReadsTheReply) {
  const EchoServer echo;
  HttpClient client(local(echo.server->port()), {});
  const auto reply = client.send({.method = "PUT",
                                  .path = "/p",
                                  .query = "q=1",
                                  .headers = {{"X-Sent", "v"}},
                                  .body = "body"});
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "PUT q=1 body");
  EXPECT_EQ(reply->header("x-seen"), "v");
  EXPECT_EQ(reply->header("X-Host"), "127.0.0.1:" + std::to_string(echo.server->port()));
  EXPECT_EQ(client.send({.path = "/missing"})->status, 404);
}

TEST(HttpClient, ManyThreadsShareAClient) {
  const EchoServer echo;
  HttpClient client(local(echo.server->port()), {});
  std::vector<std::future<int>> threads;
  for (int t = 0; t < 8; ++t) {
    threads.push_back(std::async(std::launch::async, [&, t] {
      int right = 0;
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(t * 1000 + i);
        const auto reply = client.send({.body = body});
        right += reply && reply->body == "POST  " + body ? 1 : 0;
      }
      return right;
    }));
  }
  for (auto& thread : threads) EXPECT_EQ(thread.get(), 50);
}

TEST(HttpClient, AKeptConnectionThatTheServerClosedIsReplaced) {
  auto first = std::make_unique<EchoServer>();
  const std::uint16_t port = first->server->port();
  HttpClient client(local(port), {});
  ASSERT_TRUE(client.send({.body = "1"}).has_value());
  first.reset();
  HttpServerOptions options;
  options.port = port;
  options.threads = 1;
  Echo handler;
  const auto second = HttpServer::listen(options, handler);
  ASSERT_TRUE(second.has_value()) << second.error().message;
  (*second)->start();
  const auto reply = client.send({.body = "2"});
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->body, "POST  2");
}

TEST(HttpClient, ARefusedConnectionNamesTheEndpoint) {
  std::uint16_t port = 0;
  {
    const EchoServer echo;
    port = echo.server->port();
  }
  HttpClient client(local(port), {});
  const auto reply = client.send({});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kIo);
  EXPECT_THAT(reply.error().message, HasSubstr("http://127.0.0.1:" + std::to_string(port)));
  EXPECT_THAT(reply.error().message, HasSubstr("refused"));
}

TEST(HttpClient, AServerThatNeverAnswersTimesOut) {
  asio::io_context context;
  const tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
  HttpClientOptions options;
  options.request_timeout = std::chrono::milliseconds(30);
  HttpClient client(local(silent.local_endpoint().port()), options);
  const auto reply = client.send({});
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kTimeout);
}

TEST(HttpClient, AReplyOverTheLimitIsAnError) {
  const EchoServer echo;
  HttpClientOptions options;
  options.body_size_bytes_max = 100;
  HttpClient client(local(echo.server->port()), options);
  EXPECT_TRUE(client.send({.body = std::string(90, 'x')}).has_value());
  EXPECT_FALSE(client.send({.body = std::string(200, 'x')}).has_value());
}

/// A TLS server with a certificate made for "localhost", which answers one connection's requests.
class TlsServer {
 public:
  TlsServer() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* text = reinterpret_cast<const unsigned char*>("localhost");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* alternative =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate, alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = std::fopen(ca_file.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    SSL_CTX_use_certificate(tls_.native_handle(), certificate);
    SSL_CTX_use_PrivateKey(tls_.native_handle(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    // Wakes the thread if no client ever came.
    error_code ignored;
    tcp::socket(context_).connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    std::filesystem::remove(ca_file);
  }
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  const std::string ca_file = (std::filesystem::temp_directory_path() /
                               ("parley-tls-" + std::to_string(::getpid()) + ".pem"))
                                  .string();

 private:
  void serve() {
    asio::ssl::stream<tcp::socket> stream(context_, tls_);
    error_code error;
    acceptor_.accept(stream.next_layer(), error);
    if (!error) stream.handshake(asio::ssl::stream_base::server, error);
    while (!error) {
      std::string head;
      asio::read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n", error);
      if (error) return;
      asio::write(stream, asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret", 44),
                  error);
    }
  }

  asio::io_context context_;
  tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  std::thread thread_;
};

TEST(HttpClientTls, TalksToAServerWhoseAuthorityItTrusts) {
  const TlsServer server;
  HttpClient client({.tls = true, .host = "localhost", .port = server.port()},
                    {.ca_file = server.ca_file});
  for (int i = 0; i < 2; ++i) {  // the second one over the kept connection
    const auto reply = client.send({.method = "GET"});
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    EXPECT_EQ(reply->body, "secret");
  }
}

TEST(HttpClientTls, RefusesAnUnknownAuthority) {
  const TlsServer server;
  HttpClient client({.tls = true, .host = "localhost", .port = server.port()}, {});
  const auto reply = client.send({.method = "GET"});
  ASSERT_FALSE(reply.has_value());
  EXPECT_THAT(reply.error().message, HasSubstr("certificate verify failed"));
}

TEST(HttpClientTls, RefusesACertificateOfAnotherHost) {
  const TlsServer server;
  HttpClient client({.tls = true, .host = "127.0.0.1", .port = server.port()},
                    {.ca_file = server.ca_file});
  const auto reply = client.send({.method = "GET"});
  ASSERT_FALSE(reply.has_value());
  EXPECT_THAT(reply.error().message, HasSubstr("certificate verify failed"));
}

TEST(HttpClientTls, AServerWithoutTlsIsToldApart) {
  FunctionHandler handler([](const HttpRequest&, ReplyCallback reply) { reply({}); });
  HttpServerOptions options;
  options.port = 0;
  const auto server = HttpServer::listen(options, handler);
  ASSERT_TRUE(server.has_value());
  (*server)->start();
  HttpClient client({.tls = true, .host = "127.0.0.1", .port = (*server)->port()}, {});
  const auto reply = client.send({.method = "GET"});
  ASSERT_FALSE(reply.has_value());
  EXPECT_THAT(reply.error().message, HasSubstr("is it http:// without the s?"));
}

TEST(HttpClientTls, AMissingAuthorityFileIsAClearError) {
  HttpClient client({.tls = true, .host = "localhost", .port = 1}, {.ca_file = "/nowhere.pem"});
  const auto reply = client.send({.method = "GET"});
  ASSERT_FALSE(reply.has_value());
  EXPECT_THAT(reply.error().message, HasSubstr("/nowhere.pem"));
}

}  // namespace
}  // namespace parley::net
