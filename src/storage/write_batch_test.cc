#include <gtest/gtest.h>

#include "storage/key_value_store.h"

namespace parley::storage {
namespace {

std::string text_of(const WriteBatch& batch) {
  std::string text;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const WriteBatch::Operation operation = batch.at(i);
    text.append({"PER"[static_cast<int>(operation.kind)]}).append(operation.key).append("=");
    text.append(operation.value).append(";");
  }
  return text;
}

TEST(WriteBatch, KeepsItsOperationsInOrder) {
  WriteBatch batch;
  EXPECT_TRUE(batch.empty());
  batch.put("a", "1");
  batch.erase("b");
  batch.erase_range({"c", "d"});
  batch.put("", "");
  EXPECT_EQ(text_of(batch), "Pa=1;Eb=;Rc=d;P=;");
  EXPECT_EQ(batch.size_bytes(), 5U);
  batch.clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.size_bytes(), 0U);
}

TEST(WriteBatch, AnEmptyRangeIsNoOperation) {
  WriteBatch batch;
  batch.erase_range({"b", "b"});
  batch.erase_range({"b", "a"});
  EXPECT_TRUE(batch.empty());
}

TEST(WriteBatch, AppendsOthersAndItself) {
  WriteBatch first;
  first.put("a", "1");
  WriteBatch second;
  second.erase("b");
  first.append(second);
  first.append(first);
  EXPECT_EQ(text_of(first), "Pa=1;Eb=;Pa=1;Eb=;");
  EXPECT_EQ(text_of(second), "Eb=;");
}

TEST(WriteBatch, AValueMayBeMadeOfParts) {
  WriteBatch batch;
  batch.put("a", "1");
  batch.put("b", "");
  batch.extend_value("23");
  batch.extend_value("4");
  batch.erase("c");
  EXPECT_EQ(text_of(batch), "Pa=1;Pb=234;Ec=;");
}

TEST(WriteBatch, WhatIsKnownLastIsWrittenOver) {
  WriteBatch batch;
  batch.put("a", "1");
  batch.put("k___", "v__");
  batch.erase("c");
  batch.overwrite_key(1, 1, "new");
  batch.overwrite_value(1, 2, "!");
  EXPECT_EQ(text_of(batch), "Pa=1;Pknew=v_!;Ec=;");
  EXPECT_EQ(batch.size_bytes(), 10U);
}

}  // namespace
}  // namespace parley::storage
