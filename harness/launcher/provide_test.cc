// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/provide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/host/capability.h"
#include "harness/launcher/scratch_folder.h"

namespace shmspec {
namespace {

using nlohmann::json;
using testing::ElementsAre;

std::string ReadAll(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

TEST(ScratchFolders, ArePrivateAndVanishWithEverythingInThem) {
  const Result<ScratchFolder> other = MakeScratchFolder();
  std::ofstream(other->get() + "/kept") << "x";
  std::string path;
  {
    const Result<ScratchFolder> folder = MakeScratchFolder();
    path = folder->get();
    EXPECT_EQ(ModeOf(path), 0700u);
    std::filesystem::create_directories(path + "/a/b");
    std::ofstream(path + "/a/b/file") << "x";
    std::filesystem::create_symlink(other->get(), path + "/link");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(std::filesystem::exists(other->get() + "/kept")) << "the link was followed";
}

TEST(Roots, HaveTheProgramAndFoldersThatEverybodyMayUse) {
  const Result<ScratchFolder> folder = MakeScratchFolder();
  const mode_t before = ::umask(077);
  const Result<void> made = Provide(Provision::kRoot, folder->get(), "/bin/true", {});
  ::umask(before);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const std::string root = folder->get() + "/root";
  EXPECT_EQ(ModeOf(root), 0755u);
  EXPECT_EQ(ModeOf(root + "/shmspec"), 0755u);
  EXPECT_EQ(ModeOf(root + "/dev/shm"), 01777u);
  EXPECT_EQ(ModeOf(root + "/tmp"), 01777u);
  EXPECT_EQ(ReadAll(root + "/shmspec"), ReadAll("/bin/true"));
}

TEST(Roots, OfAProgramThatIsNotThereAreRefusedInOneLine) {
  const Result<ScratchFolder> folder = MakeScratchFolder();
  const Result<void> made = Provide(Provision::kRoot, folder->get(), "/no/such", {});
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, testing::HasSubstr("root/shmspec: cannot be made: No such"));
}

TEST(Bundles, SayWhatIsRunAndInWhichFolder) {
  const Result<ScratchFolder> folder = MakeScratchFolder();
  ASSERT_TRUE(
      Provide(Provision::kBundle, folder->get(), "/bin/true", {"/shmspec", "run", "a \"b\""}).ok());
  const json config = json::parse(ReadAll(folder->get() + "/config.json"));
  EXPECT_THAT(config["process"]["args"], ElementsAre("/shmspec", "run", "a \"b\""));
  EXPECT_EQ(config["process"]["terminal"], false);
  EXPECT_EQ(config["root"]["path"], "root");
  EXPECT_TRUE(std::filesystem::exists(folder->get() + "/root/shmspec"));
  // The runtimes refuse capabilities that the caller does not have.
  const std::uint64_t own = ReadCapabilities()->permitted;
  const json& given = config["process"]["capabilities"]["effective"];
  EXPECT_EQ(std::count(given.begin(), given.end(), "CAP_SETUID"), own >> 7 & 1);
  EXPECT_EQ(std::count(given.begin(), given.end(), "CAP_SYS_RESOURCE"), own >> 24 & 1);
  for (const json& mount : config["mounts"]) EXPECT_TRUE(mount["options"].is_array()) << mount;
  EXPECT_THAT(config["process"]["env"][0], testing::StartsWith("PATH="));
}

/// What cpio, an implementation of others, makes of the archive: names, modes and sizes.
TEST(Archives, AreReadByCpio) {
  if (::access("/usr/bin/cpio", X_OK) != 0 && ::access("/bin/cpio", X_OK) != 0) {
    GTEST_SKIP() << "cpio is not installed";
  }
  const Result<ScratchFolder> folder = MakeScratchFolder();
  ASSERT_TRUE(Provide(Provision::kInitramfs, folder->get(), "/bin/true", {}).ok());
  const std::string unpack = "cd " + folder->get() +
                             " && mkdir out && cd out && cpio -i --quiet --no-absolute-filenames "
                             "< ../initramfs 2> ../complaints";
  ASSERT_EQ(std::system(unpack.c_str()), 0) << ReadAll(folder->get() + "/complaints");
  EXPECT_EQ(ReadAll(folder->get() + "/complaints"), "");
  EXPECT_EQ(ReadAll(folder->get() + "/out/init"), ReadAll("/bin/true"));
  EXPECT_EQ(ModeOf(folder->get() + "/out/init"), 0755u);
  EXPECT_TRUE(std::filesystem::is_directory(folder->get() + "/out/dev"));
}

TEST(Archives, HaveEachPartAtAMultipleOfFourBytes) {
  for (const std::size_t size : {0u, 1u, 2u, 3u, 4u, 5u}) {
    const std::string archive = InitramfsOf(std::string(size, 'x'));
    EXPECT_EQ(archive.size() % 4, 0u);
    std::size_t at = 0;
    int parts = 0;
    while ((at = archive.find("070701", at)) != std::string::npos) {
      EXPECT_EQ(at % 4, 0u) << size;
      ++at;
      ++parts;
    }
    EXPECT_EQ(parts, 3);
  }
}

}  // namespace
}  // namespace shmspec
