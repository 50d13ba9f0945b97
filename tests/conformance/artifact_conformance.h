// What every artifact store does, simulated or real. A world makes one:
//
//   void run(body)              runs the body where the store may be used
//   void at_once(bodies)        runs all of them side by side, within run()
//   delta::ArtifactStore& store()
//   void damage(path)           changes what is stored there behind the store's back
//   delta::Content large(bytes) as an executor would leave it: a file, where there are files
#pragma once

#include <gtest/gtest.h>

#include "core/ports/artifact_store.h"
#include "tests/conformance/artifact_worlds.h"

namespace delta::test {

template <class World>
class ArtifactConformance : public testing::Test {
 protected:
  ArtifactStore& store() { return world_.store(); }
  void put(const std::string& path, const Content& content) {
    const auto done = store().put(path, content);
    ASSERT_TRUE(done) << path << ": " << done.error().detail;
  }
  void put(const std::string& path, const std::string& bytes) { put(path, content_of(bytes)); }
  void expect_stored(const std::string& path, const std::string& bytes) {
    const auto found = store().get(path);
    ASSERT_TRUE(found) << path << ": " << found.error().detail;
    ASSERT_TRUE(*found) << path << " is missing";
    const Content& content = **found;
    EXPECT_EQ(content.size, bytes.size()) << path;
    EXPECT_EQ(content.digest, content_digest(bytes)) << path;
    EXPECT_TRUE(bytes_of(content) == bytes) << path;
    EXPECT_TRUE(content.file.empty() || content.bytes.empty()) << path;
  }
  void expect_missing(const std::string& path) {
    const auto found = store().get(path);
    ASSERT_TRUE(found) << path << ": " << found.error().detail;
    EXPECT_FALSE(*found) << path;
  }
  void expect_damaged(const std::string& path) {
    const auto found = store().get(path);
    ASSERT_FALSE(found) << path;
    EXPECT_FALSE(found.error().retryable) << found.error().detail;
    EXPECT_FALSE(found.error().detail.empty());
  }

  World world_;
};

TYPED_TEST_SUITE_P(ArtifactConformance);

TYPED_TEST_P(ArtifactConformance, what_was_put_comes_back) {
  this->world_.run([this] {
    std::string all_bytes;
    for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
    const std::string bytes[] = {"", "x", "two\nlines\n", all_bytes, many_bytes(1 << 20)};
    for (const std::string& each : bytes) {
      const std::string path = "runs/1/0/2/size-" + std::to_string(each.size());
      this->put(path, each);
      this->expect_stored(path, each);
    }
  });
}

TYPED_TEST_P(ArtifactConformance, what_is_large_comes_back) {
  this->world_.run([this] {
    const std::string bytes = many_bytes(5'000'000);
    this->put("runs/1/0/2/bytes", bytes);
    this->put("runs/1/0/2/file", this->world_.large(bytes));
    this->expect_stored("runs/1/0/2/bytes", bytes);
    this->expect_stored("runs/1/0/2/file", bytes);
    this->put("runs/1/0/2/small-file", this->world_.large("small"));
    this->put("runs/1/0/2/empty-file", this->world_.large(""));
    this->expect_stored("runs/1/0/2/small-file", "small");
    this->expect_stored("runs/1/0/2/empty-file", "");
  });
}

TYPED_TEST_P(ArtifactConformance, what_was_got_can_be_put_again) {
  this->world_.run([this] {
    const std::string bytes = many_bytes(2'000'000);
    this->put("runs/1/0/2/first", bytes);
    this->put("runs/1/0/2/second", this->store().get("runs/1/0/2/first").value().value());
    this->expect_stored("runs/1/0/2/second", bytes);
  });
}

TYPED_TEST_P(ArtifactConformance, what_was_not_put_is_missing) {
  this->world_.run([this] {
    this->expect_missing("runs");
    this->expect_missing("runs/1/0/2/log");
    this->put("runs/1/0/2/log", "log");
    for (const std::string path : {"runs", "runs/1/0/2", "runs/1/0/3/log", "runs/1/0/2/lo",
                                   "runs/1/0/2/log2", "runs/1/0/2/log/1"}) {
      this->expect_missing(path);
    }
  });
}

TYPED_TEST_P(ArtifactConformance, the_later_of_two_puts_wins) {
  this->world_.run([this] {
    for (const std::string bytes : {"one", "two", "two", "", "one", "a longer one"}) {
      this->put("runs/1/0/2/log", bytes);
      this->expect_stored("runs/1/0/2/log", bytes);
    }
  });
}

TYPED_TEST_P(ArtifactConformance, the_same_contents_at_two_paths_are_apart) {
  this->world_.run([this] {
    this->put("runs/1/0/2/a", "same");
    this->put("runs/1/0/2/b", "same");
    this->put("runs/1/0/2/a", "other");
    this->expect_stored("runs/1/0/2/b", "same");
  });
}

TYPED_TEST_P(ArtifactConformance, damaged_contents_are_an_error_until_they_are_put_again) {
  this->world_.run([this] {
    this->put("runs/1/0/2/a", "contents");
    this->put("runs/1/0/2/b", "contents");
    this->put("runs/1/0/2/large", this->world_.large(many_bytes(3'000'000)));
    for (const std::string path : {"runs/1/0/2/a", "runs/1/0/2/large"}) {
      this->world_.damage(path);
      this->expect_damaged(path);
    }
    this->expect_stored("runs/1/0/2/b", "contents");
    this->put("runs/1/0/2/a", "contents");
    this->expect_stored("runs/1/0/2/a", "contents");
  });
}

TYPED_TEST_P(ArtifactConformance, odd_names_are_names) {
  this->world_.run([this] {
    const std::string names[] = {"with space", " ",           "a+b",       "100%",
                                 "%2F",        "%",           "a%20b",     "\xc3\xa4\xe2\x82\xac",
                                 "..a",        "...",         "~user",     "a:b@c=d&e?f#g",
                                 "'\"`$(x)",   "back\\slash", "new\nline", "-rf",
                                 "<tag>&amp;", "a;b,c!",      "*[a]{b}|",  std::string(200, 'x')};
    for (const std::string& name : names) this->put("runs/1/0/2/" + name, "of " + name);
    for (const std::string& name : names) {
      this->expect_stored("runs/1/0/2/" + name, "of " + name);
    }
    this->expect_missing("runs/1/0/2/a b");
  });
}

TYPED_TEST_P(ArtifactConformance, puts_run_side_by_side) {
  this->world_.run([this] {
    std::vector<std::function<void()>> puts;
    for (int i = 0; i < 8; ++i) {
      puts.push_back([this, i] {
        const std::string bytes = many_bytes(static_cast<std::size_t>(i) * 50'000);
        for (int again = 0; again < 3; ++again) {
          this->put("runs/1/0/" + std::to_string(i % 3) + "/" + std::to_string(i), bytes);
        }
      });
    }
    this->world_.at_once(std::move(puts));
    for (int i = 0; i < 8; ++i) {
      this->expect_stored("runs/1/0/" + std::to_string(i % 3) + "/" + std::to_string(i),
                          many_bytes(static_cast<std::size_t>(i) * 50'000));
    }
  });
}

TYPED_TEST_P(ArtifactConformance, where_puts_and_gets_meet_each_is_whole) {
  this->world_.run([this] {
    const std::string one = many_bytes(100'000);
    const std::string other(200'000, 'x');
    this->put("runs/1/0/2/a", one);
    const auto put_often = [this](const std::string& bytes) {
      for (int i = 0; i < 10; ++i) this->put("runs/1/0/2/a", bytes);
    };
    const auto get_often = [&] {
      for (int i = 0; i < 20; ++i) {
        const auto found = this->store().get("runs/1/0/2/a");
        ASSERT_TRUE(found) << found.error().detail;
        ASSERT_TRUE(*found);
        EXPECT_TRUE((*found)->bytes == one || (*found)->bytes == other);
      }
    };
    this->world_.at_once({[&] { put_often(one); }, [&] { put_often(other); }, get_often});
  });
}

REGISTER_TYPED_TEST_SUITE_P(ArtifactConformance, what_was_put_comes_back, what_is_large_comes_back,
                            what_was_got_can_be_put_again, what_was_not_put_is_missing,
                            the_later_of_two_puts_wins, the_same_contents_at_two_paths_are_apart,
                            damaged_contents_are_an_error_until_they_are_put_again,
                            odd_names_are_names, puts_run_side_by_side,
                            where_puts_and_gets_meet_each_is_whole);

}  // namespace delta::test
