// Versions: which roots are still being read, and what may be freed when one no longer is.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "storage/tree/edit.h"
#include "storage/tree/node.h"

namespace parley::storage::tree {

class Versions;

/// Keeps one version readable. Movable; must not outlive its Versions.
class Pin {
 public:
  Pin() = default;
  Pin(Pin&& other) noexcept
      : versions_(std::exchange(other.versions_, nullptr)), version_(other.version_) {}
  Pin& operator=(Pin&& other) noexcept;
  ~Pin() { reset(); }

  [[nodiscard]] const Node* root() const;
  [[nodiscard]] VersionId id() const;
  /// What its version was published with.
  [[nodiscard]] const void* companion() const;
  void reset();

 private:
  friend class Versions;
  struct Version;
  Pin(const Versions* versions, Version* version) : versions_(versions), version_(version) {}
  const Versions* versions_ = nullptr;
  Version* version_ = nullptr;
};

/// The published versions of one tree, oldest to newest. Each keeps the blocks that it showed and
/// its successor does not; when it is let go, those that its predecessor also shows pass to the
/// predecessor and the others are freed. So a long-lived pin holds exactly what it can see.
///
/// Pins may be taken and dropped on any thread; one thread at a time publishes.
class Versions {
 public:
  explicit Versions(std::shared_ptr<const void> companion = nullptr);
  /// No pin may be left.
  ~Versions();
  Versions(const Versions&) = delete;
  Versions& operator=(const Versions&) = delete;

  /// The newest version.
  [[nodiscard]] Pin pin() const;

  /// The newest version's.
  [[nodiscard]] std::shared_ptr<const void> companion() const;

  /// An edit of the newest version. Precondition of publish: no other edit was published since.
  [[nodiscard]] Edit edit() const;
  /// `companion` lives as long as the version.
  void publish(Edit& edit, std::shared_ptr<const void> companion = nullptr);

 private:
  friend class Pin;
  using Version = Pin::Version;
  void release(Version* version) const;

  mutable std::mutex mutex_;
  mutable Version* newest_;
};

}  // namespace parley::storage::tree
