// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/launcher/programs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "harness/launcher/scratch_folder.h"

namespace shmspec {
namespace {

using testing::HasSubstr;

/// A build folder with the files that are named, empty and executable.
class Build {
 public:
  explicit Build(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
      const std::string path = At(file);
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      std::ofstream(path).close();
      ::chmod(path.c_str(), 0755);
    }
  }
  std::string At(const std::string& file) const { return folder_->get() + "/" + file; }

 private:
  const Result<ScratchFolder> folder_ = MakeScratchFolder();
};

/// The file that is found, as one of the build's.
std::string Found(const Build& build, const ProgramPlaces& places, const std::string& architecture,
                  Linkage linkage) {
  const Result<std::string> found = FindProgram(places, architecture, linkage);
  if (!found.ok()) return found.error().message;
  const std::string whole = std::filesystem::path(*found).lexically_normal().string();
  return whole.substr(build.At("").size());
}

const std::string kOwn{OwnArchitecture()};
constexpr Linkage kStatic = Linkage::kStatic;
constexpr Linkage kDynamic = Linkage::kDynamic;

TEST(Programs, OfThisArchitectureAreTheStaticOneOrThis) {
  const Build build({"release/shmspec", "release/static/shmspec", "asan/shmspec"});
  const ProgramPlaces dynamic{build.At("release/shmspec"), kDynamic, {}};
  EXPECT_EQ(Found(build, dynamic, kOwn, kStatic), "release/static/shmspec");
  EXPECT_EQ(Found(build, dynamic, kOwn, kDynamic), "release/shmspec");
  const ProgramPlaces fixed{build.At("release/static/shmspec"), kStatic, {}};
  EXPECT_EQ(Found(build, fixed, kOwn, kStatic), "release/static/shmspec");
  EXPECT_EQ(Found(build, fixed, kOwn, kDynamic), "release/shmspec");
  const ProgramPlaces other{build.At("asan/shmspec"), kDynamic, {}};
  EXPECT_EQ(Found(build, other, kOwn, kStatic), "release/static/shmspec");
}

TEST(Programs, ThatAreAloneServeThemselves) {
  const Build build({"bin/shmspec"});
  EXPECT_EQ(Found(build, {build.At("bin/shmspec"), kDynamic, {}}, kOwn, kStatic), "bin/shmspec");
  EXPECT_THAT(Found(build, {build.At("bin/shmspec"), kStatic, {}}, kOwn, kDynamic),
              HasSubstr("needs the dynamic program, and this one is static"));
}

TEST(Programs, OfAnotherArchitectureAreBesideThisOrWhereTheUserSays) {
  const Build build({"release/shmspec", "release/static/shmspec", "static-vax/shmspec",
                     "own/static-vax/shmspec", "flat/shmspec-vax"});
  for (const auto& [own, linkage] :
       {std::pair{"release/shmspec", kDynamic}, {"release/static/shmspec", kStatic}}) {
    EXPECT_EQ(Found(build, {build.At(own), linkage, {}}, "vax", kStatic), "static-vax/shmspec");
    EXPECT_EQ(Found(build, {build.At(own), linkage, build.At("own")}, "vax", kStatic),
              "own/static-vax/shmspec");
    EXPECT_EQ(Found(build, {build.At(own), linkage, build.At("flat")}, "vax", kStatic),
              "flat/shmspec-vax");
    EXPECT_THAT(Found(build, {build.At(own), linkage, {}}, "pdp11", kStatic),
                HasSubstr("./harness/start static pdp11"));
  }
}

TEST(Tools, AreFoundByPathOrInPATH) {
  EXPECT_THAT(FindTool("sh"), testing::EndsWith("/sh"));
  EXPECT_EQ(FindTool("/bin/sh"), "/bin/sh");
  EXPECT_EQ(FindTool("no-such-tool-of-anybody"), "");
  EXPECT_EQ(FindTool("/etc"), "") << "a folder";
}

}  // namespace
}  // namespace shmspec
