// Artifacts in S3: what every store does, and what its answers mean.
#include "platform/artifacts/s3_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/conformance/artifact_conformance.h"
#include "tests/conformance/s3_server.h"

namespace delta::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class S3Artifacts {
 public:
  void run(const std::function<void()>& body) { body(); }
  void at_once(std::vector<std::function<void()>> bodies) { run_at_once(std::move(bodies)); }
  S3Store& store() { return store_; }
  S3Server& server() { return server_; }
  void damage(const std::string& path) { server_.damage(options().prefix + "/" + path); }
  Content large(const std::string& bytes) { return content_in_file(files_, "executed", bytes); }
  S3Options options() const {
    return {.endpoint = server_.endpoint(),
            .region = "eu-west-1",
            .bucket = S3Server::kBucket,
            .prefix = "some/prefix +",
            .access_key = S3Server::kAccessKey,
            .secret_key = S3Server::kSecretKey,
            .timeout = 1s,
            .download_folder = files_.path()};
  }
  const TestFolder& files() const { return files_; }

 private:
  TestFolder files_;
  S3Server server_;
  S3Store store_{options()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(S3, ArtifactConformance, S3Artifacts);

class S3StoreTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store().put("a", content_of("old"))); }
  void expect_error(const std::expected<void, StoreError>& outcome, bool retryable,
                    const std::string& detail) {
    ASSERT_FALSE(outcome) << detail;
    EXPECT_EQ(outcome.error().retryable, retryable) << outcome.error().detail;
    EXPECT_THAT(outcome.error().detail, HasSubstr(detail));
    EXPECT_THAT(outcome.error().detail, Not(HasSubstr(S3Server::kSecretKey)));
    EXPECT_THAT(outcome.error().detail, Not(HasSubstr(S3Server::kAccessKey)));
  }
  std::expected<void, StoreError> put(const std::string& path) {
    return store().put(path, content_of("new"));
  }
  std::expected<void, StoreError> get(S3Store& from, const std::string& path) {
    const auto found = from.get(path);
    if (!found) return std::unexpected(found.error());
    return {};
  }
  void expect_both_fail(const std::string& fault, bool retryable, const std::string& detail) {
    world_.server().set_fault(fault);
    expect_error(put("a"), retryable, detail);
    expect_error(get(store(), "a"), retryable, detail);
    world_.server().set_fault("none");
  }
  void expect_stored(const std::string& bytes) {
    const auto found = store().get("a");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->value().bytes, bytes);
  }
  S3Store& store() { return world_.store(); }

  S3Artifacts world_;
};

TEST_F(S3StoreTest, what_may_pass_is_worth_a_retry) {
  expect_both_fail("internal error", true, "a: status 500 InternalError");
  expect_both_fail("slow down", true, "a: status 503 SlowDown");
  expect_both_fail("too many", true, "a: status 429 TooManyRequests");
  expect_both_fail("conflict", true, "a: status 409 OperationAborted");
  expect_both_fail("timeout", true, "a: status 400 RequestTimeout");
  expect_both_fail("nameless", true, "a: status 502");
  expect_stored("old");
}

TEST_F(S3StoreTest, what_was_refused_is_not) {
  expect_both_fail("denied", false, "a: status 403 AccessDenied");
  expect_both_fail("too large", false, "a: status 400 EntityTooLarge");
  expect_both_fail("not implemented", false, "a: status 501 NotImplemented");
  expect_both_fail("elsewhere", false, "a: status 301 PermanentRedirect");
  expect_stored("old");
}

TEST_F(S3StoreTest, no_whole_answer_is_worth_a_retry) {
  expect_both_fail("cut upload", true, "");
  expect_both_fail("chatter", true, "");
  expect_both_fail("hang", true, "too slow");
  expect_stored("old");
  expect_both_fail("cut answer", true, "");
  expect_stored("new");
}

TEST_F(S3StoreTest, a_service_that_is_away_is_worth_a_retry) {
  S3Options options = world_.options();
  options.endpoint = "http://127.0.0.1:1";
  S3Store away(options);
  expect_error(away.put("a", content_of("x")), true, "PUT a: http://127.0.0.1:1");
  expect_error(get(away, "a"), true, "GET a: http://127.0.0.1:1");
}

TEST_F(S3StoreTest, an_upload_that_is_altered_on_its_way_is_not_stored) {
  world_.server().set_fault("flip upload");
  expect_error(put("a"), true, "400 XAmzContentSHA256Mismatch");
  world_.server().set_fault("none");
  expect_stored("old");
}

TEST_F(S3StoreTest, contents_that_are_altered_are_found) {
  world_.server().set_fault("flip answer");
  expect_error(get(store(), "a"), false, "digest");
  world_.server().set_fault("no metadata");
  ASSERT_TRUE(put("b"));
  expect_error(get(store(), "b"), false, "no metadata 'sha256'");
}

TEST_F(S3StoreTest, wrong_keys_are_refused_for_good_and_not_shown) {
  for (const bool is_secret : {false, true}) {
    S3Options options = world_.options();
    (is_secret ? options.secret_key : options.access_key) += "x";
    S3Store stranger(options);
    const std::string code = is_secret ? "403 SignatureDoesNotMatch" : "403 InvalidAccessKeyId";
    expect_error(stranger.put("a", content_of("x")), false, code);
    expect_error(get(stranger, "a"), false, code);
  }
}

TEST_F(S3StoreTest, a_bucket_that_is_not_there_is_not_an_empty_one) {
  S3Options options = world_.options();
  options.bucket = "other";
  S3Store other(options);
  expect_error(other.put("a", content_of("x")), false, "404 NoSuchBucket");
  expect_error(get(other, "a"), false, "404 NoSuchBucket");
}

TEST_F(S3StoreTest, the_bucket_may_be_in_the_name_of_the_host) {
  S3Options options = world_.options();
  options.virtual_host = true;
  options.endpoint = world_.server().endpoint("localhost");
  S3Store other(options);
  EXPECT_EQ(other.get("a").value()->bytes, "old");
  ASSERT_TRUE(other.put("a", content_of("new")));
  expect_stored("new");
}

TEST_F(S3StoreTest, without_a_prefix_the_path_is_the_key) {
  S3Options options = world_.options();
  options.prefix = "";
  EXPECT_EQ(S3Store(options).get("some/prefix +/a").value()->bytes, "old");
}

TEST_F(S3StoreTest, a_path_that_is_none_is_refused) {
  for (const std::string path : {"", "/a", "a/../b", "a//b", "a/"}) {
    expect_error(put(path), false, "path");
    expect_error(get(store(), path), false, "path");
  }
  std::string deep = "a";
  while (deep.size() < 1020) deep += "/a";
  expect_error(put(deep), false, "1024");
}

TEST_F(S3StoreTest, downloads_are_kept_once_and_as_long_as_the_store) {
  const auto count = [this] {
    const std::filesystem::recursive_directory_iterator all(world_.files().path());
    return std::ranges::count_if(all, [](const auto& entry) { return entry.is_regular_file(); });
  };
  {
    S3Store other(world_.options());
    const std::string bytes = many_bytes(3'000'000);
    for (const std::string path : {"b", "c"}) ASSERT_TRUE(other.put(path, content_of(bytes)));
    const Content first = other.get("b").value().value();
    EXPECT_EQ(other.get("c").value().value(), first);
    EXPECT_TRUE(bytes_of(first) == bytes);
    EXPECT_EQ(count(), 1);
    world_.server().set_fault("cut answer");
    expect_error(get(other, "b"), true, "");
    EXPECT_EQ(count(), 1);
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(S3StoreTest, a_folder_for_downloads_that_is_away_is_named) {
  S3Options options = world_.options();
  options.download_folder = "/nowhere";
  S3Store other(options);
  ASSERT_TRUE(other.put("b", content_of(many_bytes(2'000'000))));
  expect_error(get(other, "b"), true, "/nowhere: No such file");
}

}  // namespace
}  // namespace delta::test
