#include "storage/tree/versions.h"

#include <cstdlib>

#include "base/assert.h"

namespace parley::storage::tree {

struct Pin::Version {
  VersionId id = 0;
  Node* root = nullptr;
  std::size_t pins = 0;
  Version* older = nullptr;
  Version* newer = nullptr;
  std::vector<Block*> retired = {};  // shown here, not in `newer`
  std::shared_ptr<const void> companion = {};
};

Pin& Pin::operator=(Pin&& other) noexcept {
  if (this != &other) {
    reset();
    versions_ = std::exchange(other.versions_, nullptr);
    version_ = other.version_;
  }
  return *this;
}

const Node* Pin::root() const {
  return version_->root;
}
VersionId Pin::id() const {
  return version_->id;
}

const void* Pin::companion() const {
  return version_->companion.get();
}

void Pin::reset() {
  if (versions_ != nullptr) versions_->release(version_);
  versions_ = nullptr;
}

Versions::Versions(std::shared_ptr<const void> companion)
    : newest_(new Version{.id = 1, .pins = 1, .companion = std::move(companion)}) {}

Versions::~Versions() {
  PARLEY_ASSERT(newest_->older == nullptr && newest_->pins == 1);
  free_subtree(newest_->root);
  delete newest_;
}

Pin Versions::pin() const {
  const std::scoped_lock lock(mutex_);
  ++newest_->pins;
  return {this, newest_};
}

std::shared_ptr<const void> Versions::companion() const {
  const std::scoped_lock lock(mutex_);
  return newest_->companion;
}

Edit Versions::edit() const {
  return Edit(newest_->root, newest_->id + 1);
}

void Versions::publish(Edit& edit, std::shared_ptr<const void> companion) {
  Version* previous = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    PARLEY_ASSERT(edit.version() == newest_->id + 1);
    previous = newest_;
    previous->retired = edit.take_retired();
    newest_ = new Version{.id = edit.version(),
                          .root = edit.root(),
                          .pins = 1,
                          .older = previous,
                          .companion = std::move(companion)};
    previous->newer = newest_;
  }
  release(previous);  // the pin that every newest version has
}

void Versions::release(Version* version) const {
  std::vector<Block*> garbage;
  {
    const std::scoped_lock lock(mutex_);
    if (--version->pins > 0) return;
    Version* const older = version->older;
    if (older == nullptr) {
      garbage = std::move(version->retired);
    } else {
      for (Block* block : version->retired) {
        (block->created > older->id ? garbage : older->retired).push_back(block);
      }
      older->newer = version->newer;
    }
    version->newer->older = older;
  }
  delete version;
  for (Block* block : garbage) std::free(block);
}

}  // namespace parley::storage::tree
