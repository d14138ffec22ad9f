// Facts about the small things everything else is made of.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/checksum.h"
#include "base/compression.h"
#include "base/md5.h"
#include "base/random.h"
#include "base/result.h"
#include "base/utf8.h"

namespace parley {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid("odd");
  return number / 2;
}

Result<int> quarter(int number) {
  const int first = PARLEY_TRY(half(number));
  return PARLEY_TRY(half(first));
}

TEST(Result, TryReturnsTheValueOrTheFirstError) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().message, "odd");
}

TEST(Base64Url, HasNoPaddingAndItsOwnAlphabet) {
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(base64url(""), "");
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64url(base64url(bytes)), bytes);
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Base64Url, RefusesWhatItCannotHaveMade) {
  for (const char* text : {"+_8", "-/8", "-_8=", "A", "AAAAA", "-_9", " AAA", "A\n"}) {
    EXPECT_FALSE(decode_base64url(text)) << text;
  }
}

TEST(Base64, FollowsTheVectorsOfRfc4648) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    std::string encoded;
    append_base64(encoded, bytes);
    EXPECT_EQ(encoded, text);
    EXPECT_EQ(decode_base64(text), std::string(bytes));
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const std::string_view text :
       {"Zg=", "Zg", "Z===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zg==Zg=="}) {
    EXPECT_FALSE(decode_base64(text)) << text;
  }
}

TEST(Bytes, VarintsComeBackAtEverySize) {
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 16383ULL, 16384ULL, ~0ULL}) {
    std::string bytes;
    append_varint(bytes, value);
    std::string_view rest = bytes;
    std::uint64_t read = 0;
    ASSERT_TRUE(consume_varint(rest, read));
    EXPECT_EQ(read, value);
    EXPECT_TRUE(rest.empty());
    rest = std::string_view(bytes).substr(0, bytes.size() - 1);
    EXPECT_FALSE(consume_varint(rest, read));
  }
}

TEST(Checksum, FollowsTheKnownValues) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(hash64(""), 0xef46db3751d8e999ULL);
}

std::string hex_md5(std::string_view bytes) {
  std::string hex;
  for (const unsigned char byte : md5(bytes)) hex += fmt::format("{:02x}", byte);
  return hex;
}

TEST(Md5, FollowsTheKnownValues) {
  EXPECT_EQ(hex_md5(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex_md5("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(hex_md5("1234567890123456789012345678901234567890123456789012345678901234567890123456"
                    "7890"),
            "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Md5, PadsEveryLength) {
  // The MD5 of the MD5s of 0 to 200 letters: lengths on both sides of a block's end.
  std::string all;
  for (std::size_t length = 0; length <= 200; ++length) all += hex_md5(std::string(length, 'a'));
  EXPECT_EQ(hex_md5(all), "e3064b4a8a2aa7a755ef18f8faf582bb");
}

TEST(Compression, GzipMembersFollowOneAnotherAndNothingElseMay) {
  const std::string first = compress(Compression::kGzip, std::string(10'000, 'a'));
  const std::string second = compress(Compression::kGzip, "b");
  EXPECT_EQ(decompress(Compression::kGzip, first + second, 20'000).value(),
            std::string(10'000, 'a') + 'b');
  EXPECT_EQ(decompress(Compression::kGzip, first + second, 10'000).error().code,
            ErrorCode::kRequestEntityTooLarge);
  EXPECT_EQ(decompress(Compression::kGzip, first + "junk", 20'000).error().code,
            ErrorCode::kSerialization);
  EXPECT_EQ(decompress(Compression::kGzip, second.substr(0, second.size() - 1), 100).error().code,
            ErrorCode::kSerialization);
  EXPECT_EQ(decompress(Compression::kGzip, "", 100).error().code, ErrorCode::kSerialization);
}

TEST(Compression, ComesBackAndRespectsTheLimit) {
  const std::string text(100'000, 'x');
  for (const auto format : {Compression::kGzip, Compression::kDeflate}) {
    const std::string small = compress(format, text);
    EXPECT_LT(small.size(), 1000U);
    EXPECT_EQ(decompress(format, small, text.size()).value(), text);
    EXPECT_EQ(decompress(format, small, text.size() - 1).error().code,
              ErrorCode::kRequestEntityTooLarge);
    EXPECT_EQ(decompress(format, "nonsense", 100).error().code, ErrorCode::kSerialization);
  }
}

TEST(Random, UuidsAreOfVersion4) {
  SeededRandom random(1);
  const std::string uuid = make_uuid(random);
  ASSERT_EQ(uuid.size(), 36U);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
  EXPECT_EQ(make_request_id(random).size(), 52U);
}

TEST(Utf8, AByteOfNoCharacterIsReplacedAndAllElseStays) {
  EXPECT_EQ(to_utf8("a\u00e4\u20ac\U0001F600"), "a\u00e4\u20ac\U0001F600");
  EXPECT_EQ(to_utf8("a\xFFz\xE2\x82"), "a\uFFFDz\uFFFD\uFFFD");
  EXPECT_EQ(to_utf8("\xC0\x80"), "\uFFFD\uFFFD");  // overlong
  EXPECT_TRUE(is_utf8(to_utf8("\xED\xA0\x80")));   // a surrogate
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
}

TEST(Utf8, AFrontIsOfWholeCharacters) {
  EXPECT_EQ(utf8_front("a\u20acb", 5), "a\u20acb");
  EXPECT_EQ(utf8_front("a\u20acb", 4), "a\u20ac");
  EXPECT_EQ(utf8_front("a\u20acb", 3), "a");
  EXPECT_EQ(utf8_front("\u20ac", 0), "");
}

}  // namespace
}  // namespace parley
