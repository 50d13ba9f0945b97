// A ring of intrusive links: joining and leaving a list allocates nothing and takes constant time.
#pragma once

namespace aftershock::sim {

/// Both a list's head and, as a base class, its members. `Tag` tells the lists of an object apart.
template <class Tag>
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }

  /// For a head: whether the list has members.
  bool linked() const { return next_ != this; }
  Link* next() const { return next_; }

  void unlink() noexcept {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

  /// For a head: makes `member`, which is in no list, the last.
  void push_back(Link& member) noexcept {
    member.previous_ = previous_;
    member.next_ = this;
    previous_->next_ = &member;
    previous_ = &member;
  }

 private:
  Link* previous_ = this;
  Link* next_ = this;
};

}  // namespace aftershock::sim
