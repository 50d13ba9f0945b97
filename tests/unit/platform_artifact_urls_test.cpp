// Artifact stores by their URL: what is understood, and what each mistake is called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/artifacts/folder_store.h"
#include "platform/artifacts/open_store.h"
#include "platform/artifacts/s3_store.h"

namespace delta {
namespace {

using testing::HasSubstr;
using testing::Not;

const ArtifactStoreOptions kKeys{.access_key = "AKID", .secret_key = "SECRET"};

template <class Store>
bool opens(const std::string& url) {
  const auto opened = open_artifact_store(url, kKeys);
  EXPECT_TRUE(opened) << url << ": " << opened.error();
  return opened && dynamic_cast<Store*>(opened->get()) != nullptr;
}

void expect_mistake(const std::string& url, const std::string& what,
                    const ArtifactStoreOptions& options = kKeys) {
  const auto opened = open_artifact_store(url, options);
  ASSERT_FALSE(opened) << url;
  EXPECT_THAT(opened.error(), HasSubstr("the artifact store's URL: "));
  EXPECT_THAT(opened.error(), HasSubstr(what));
  EXPECT_THAT(opened.error(), Not(HasSubstr("SECRET")));
}

TEST(ArtifactUrls, a_folder) {
  EXPECT_TRUE(opens<FolderStore>("file:" + testing::TempDir()));
  EXPECT_TRUE(opens<FolderStore>("file://" + testing::TempDir()));
}

TEST(ArtifactUrls, a_bucket) {
  for (const std::string url :
       {"s3://bucket", "s3://bucket/", "s3://bucket/prefix", "s3://bucket.name-1/a/b/",
        "s3://bucket?", "s3://bucket?region=eu-west-1", "s3://bucket/a?style=path",
        "s3://bucket?endpoint=http://127.0.0.1:9000/&region=eu-west-1&style=virtual"}) {
    EXPECT_TRUE(opens<S3Store>(url)) << url;
  }
}

TEST(ArtifactUrls, mistakes_are_named) {
  expect_mistake("", "must begin with file:/ or s3://");
  expect_mistake("/var/lib/artifacts", "must begin with");
  expect_mistake("https://bucket", "must begin with");
  expect_mistake("file:artifacts", "'artifacts' must be absolute");
  expect_mistake("file:", "must be absolute");
  expect_mistake("file:/nowhere/at/all", "'/nowhere/at/all' is no folder");
  expect_mistake("file:/dev/null", "'/dev/null' is no folder");
  expect_mistake("s3://", "bucket ''");
  expect_mistake("s3://Bucket", "bucket 'Bucket'");
  expect_mistake("s3:///prefix", "bucket ''");
  expect_mistake("s3://bucket/a/../b", "prefix 'a/../b'");
  expect_mistake("s3://bucket//b", "prefix '/b'");
  expect_mistake("s3://bucket?regoin=x", "'regoin' is none of endpoint, region, style");
  expect_mistake("s3://bucket?region=", "region ''");
  expect_mistake("s3://bucket?region=a:b", "region 'a:b'");
  expect_mistake("s3://bucket?style=dns", "style 'dns' must be path or virtual");
  expect_mistake("s3://bucket?region=a&region=b", "'region' is there twice");
  for (const std::string endpoint :
       {"", "minio:9000", "http://", "ftp://minio", "http://minio/path", "http://a@minio"}) {
    expect_mistake("s3://bucket?endpoint=" + endpoint, "endpoint '");
  }
}

TEST(ArtifactUrls, keys_come_beside_the_url) {
  expect_mistake("s3://bucket", "needs an access key", {});
  expect_mistake("s3://bucket", "needs a secret key", {.access_key = "AKID"});
  expect_mistake("s3://AKID:SECRET@bucket", "keys do not belong into the URL");
  expect_mistake("s3://bucket?secret_key=SECRET", "'secret_key' is none of");
}

}  // namespace
}  // namespace delta
