// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Runs the catalogue compiler as the build does, on catalogues with one mistake each.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kGood = R"(title: Little
needs:
  root: an actor with all capabilities
areas:
  - area: SYSV.RMID
    title: Removal
    chapter: sysv
    requirements:
      - id: SYSV.RMID.TWICE
        statement: The second
          removal fails with "EINVAL".
        level: must
        origin: linux
        source: shmctl(2)
        errors: [EINVAL]
        needs: [root]
        check: Remove it twice
        kind: example
        since: '2.0'
      - id: SYSV.ID
        statement: It is there.
        level: may
        origin: posix-may
        source: POSIX
        check: Look
        kind: property
)";

/// The text with its first `before` replaced.
std::string Changed(std::string text, const std::string& before, const std::string& after) {
  const std::size_t at = text.find(before);
  EXPECT_NE(at, std::string::npos) << before;
  return text.replace(at, before.size(), after);
}

std::string Contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class CatalogueCompiler : public ::testing::Test {
 protected:
  CatalogueCompiler() {
    std::string pattern = (fs::temp_directory_path() / "catalogue.XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    EXPECT_EQ(Compile(kGood), 0) << message_;
  }
  ~CatalogueCompiler() override { fs::remove_all(folder_); }

  /// The exit code; message_ is what it printed, without the path in front.
  int Compile(const std::string& yaml) {
    const std::string path = folder_ / "catalogue.yaml";
    std::ofstream(path, std::ios::binary) << yaml;
    return Run(path);
  }

  int Run(const std::string& path) {
    const std::string command =
        std::string(SHMSPEC_CATALOGUE_COMPILER) + " " + path + " " + output().string() + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    message_.clear();
    std::array<char, 512> part{};
    while (std::fgets(part.data(), part.size(), pipe) != nullptr) message_ += part.data();
    if (message_.starts_with(path)) message_.erase(0, path.size());
    const int status = ::pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  /// Expects the compiler to refuse the catalogue with a line that starts thus, and to leave the
  /// output alone.
  void ExpectRefused(const std::string& yaml, const std::string& start) {
    const std::string before = Contents(output() / "catalogue.inc");
    EXPECT_EQ(Compile(yaml), 4) << yaml;
    EXPECT_THAT(message_, StartsWith(start)) << yaml;
    EXPECT_THAT(message_, HasSubstr("; ")) << "says what to do";
    EXPECT_EQ(message_.find('\n'), message_.size() - 1) << "one line";
    EXPECT_EQ(Contents(output() / "catalogue.inc"), before);
  }

  fs::path output() const { return folder_ / "shmspec"; }

  fs::path folder_;
  std::string message_;
};

TEST_F(CatalogueCompiler, WritesEntriesInTheOrderOfTheirIds) {
  const std::string written = Contents(output() / "catalogue.inc");
  EXPECT_LT(written.find("{\"SYSV.ID\""), written.find("{\"SYSV.RMID.TWICE\""));
  EXPECT_THAT(Contents(output() / "catalogue.inc"),
              HasSubstr(R"("The second removal fails with \"EINVAL\".", "linux", Level::kMust,)"));
}

TEST_F(CatalogueCompiler, LeavesAloneWhatDoesNotChange) {
  const fs::file_time_type old =
      fs::last_write_time(output() / "catalogue.inc") - std::chrono::hours(1);
  fs::last_write_time(output() / "catalogue.inc", old);
  EXPECT_EQ(Compile(kGood), 0);
  EXPECT_EQ(fs::last_write_time(output() / "catalogue.inc"), old);
  EXPECT_EQ(Compile(Changed(kGood, "Look", "Look twice")), 0);
  EXPECT_GT(fs::last_write_time(output() / "catalogue.inc"), old);
}

TEST_F(CatalogueCompiler, RefusesUnknownFields) {
  ExpectRefused(Changed(kGood, "        level: must", "        levle: must"),
                ":12:9: expected a field of a requirement; \"levle\"");
  ExpectRefused(Changed(kGood, "    chapter", "    colour: red\n    chapter"), ":7:5: ");
  ExpectRefused("version: 1\n" + kGood, ":1:1: ");
}

TEST_F(CatalogueCompiler, RefusesMissingFields) {
  ExpectRefused(Changed(kGood, "        source: shmctl(2)\n", ""),
                ":9:9: expected a requirement with a field source; add it");
  ExpectRefused(Changed(kGood, "    chapter: sysv\n", ""),
                ":5:5: expected an area with a field chapter; add it");
  ExpectRefused(Changed(kGood, "title: Little\n", ""), ":1:1: ");
}

TEST_F(CatalogueCompiler, RefusesRepeatedFieldsAndIds) {
  ExpectRefused(Changed(kGood, "        source: POSIX", "        source: A\n        source: B"),
                ":25:9: expected every field once; remove this second source");
  ExpectRefused(Changed(kGood, "SYSV.ID", "SYSV.RMID.TWICE"),
                ":20:13: expected every id once; SYSV.RMID.TWICE is taken");
}

TEST_F(CatalogueCompiler, RefusesMalformedIds) {
  for (const char* id :
       {"SYSV", "SYSV.", "SYSV..A", "SYSV.a", "SYSV.A.B.C", "POSIX.A", "SYSV.A-B"}) {
    ExpectRefused(Changed(kGood, "SYSV.ID", id), ":20:13: expected an id SYSV.NAME");
  }
}

TEST_F(CatalogueCompiler, RefusesUnknownWords) {
  ExpectRefused(Changed(kGood, "level: must", "level: shall"),
                ":12:16: expected level to be one of may, must, should; replace \"shall\"");
  ExpectRefused(Changed(kGood, "origin: linux", "origin: bsd"), ":13:17: expected origin");
  ExpectRefused(Changed(kGood, "kind: property", "kind: proof"), ":26:15: expected kind");
  ExpectRefused(Changed(kGood, "[root]", "[root, wheel]"), ":16:23: expected an item of needs");
  ExpectRefused(Changed(kGood, "[EINVAL]", "[invalid]"), ":15:18: expected the name of an errno");
  ExpectRefused(Changed(kGood, "chapter: sysv", "chapter: SysV"), ":7:14: expected a chapter");
}

TEST_F(CatalogueCompiler, RefusesWrongTypes) {
  ExpectRefused(Changed(kGood, "source: POSIX", "source: [POSIX]"), ":24:17: expected a text");
  ExpectRefused(Changed(kGood, "source: POSIX", "source: ''"), ":24:17: expected a text");
  ExpectRefused(Changed(kGood, "[EINVAL]", "EINVAL"), ":15:17: expected a list as errors");
  ExpectRefused(Changed(kGood, "[root]", "[[root]]"),
                ":16:17: expected a text as an item of needs");
  ExpectRefused("title: T\nneeds: {a: b}\nareas: 5\n", ":3:8: expected a list as areas");
  ExpectRefused("title: T\nneeds: []\nareas: []\n", ":2:8: expected fields as needs");
  ExpectRefused("title: T\nneeds: {a: b}\nareas: []\n", ":3:8: expected requirements");
  ExpectRefused("- 5\n", ":1:1: expected a catalogue");
}

TEST_F(CatalogueCompiler, RefusesWhatIsNotYaml) {
  ExpectRefused("title: Little\nareas: [", ":2:");
  ExpectRefused("title: {a: b]\n", ":1:13: expected YAML; ");
}

TEST_F(CatalogueCompiler, SaysWhenThereIsNothingToRead) {
  EXPECT_EQ(Run((folder_ / "absent.yaml").string()), 4);
  EXPECT_THAT(message_, HasSubstr("expected a file to read; check the path"));
}

}  // namespace
