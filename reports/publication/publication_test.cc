// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/publication/publication.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "harness/vocabulary/value/sha256.h"
#include "reports/form/report.h"
#include "reports/summary/matrix.h"

namespace shmspec::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMadeBy = "0123456789ab";  // as the records of testdata say

std::string ReadFile(const std::string& name) {
  std::ifstream in(SHMSPEC_TESTDATA "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  if (at != text.npos) text.replace(at, from.size(), to);
  return text;
}

/// A record and its page with the manifest of both.
Publication Published(const std::string& record) {
  Publication publication{.folder = "out", .files = {}, .others = {}};
  publication.files["result.json"] = record;
  if (const Result<Record> read = ReadRecord(record, "result.json"); read.ok()) {
    publication.files["result.html"] = Render("html", std::span(&*read, 1));
  }
  std::string manifest;
  for (const auto& [name, bytes] : publication.files) {
    manifest += Sha256(bytes) + "  " + name + "\n";
  }
  publication.files[kManifest] = manifest;
  return publication;
}

/// What is broken, each without the name of its file.
std::vector<std::string> BrokenIn(const Publication& publication,
                                  const std::string& made_by = kMadeBy) {
  const Result<std::vector<Finding>> findings = Verify(publication, made_by);
  if (!findings.ok()) return {findings.error().message};
  std::vector<std::string> broken;
  for (const Finding& finding : *findings) {
    if (finding.kind == Finding::Kind::kBroken) broken.push_back(finding.text);
  }
  return broken;
}

TEST(Publication, IsReliedOnWhenItIsWhole) {
  EXPECT_THAT(BrokenIn(Published(ReadFile("passing.json"))), ElementsAre());
}

TEST(Publication, IsBrokenByEveryByteThatIsAltered) {
  Publication publication = Published(ReadFile("passing.json"));
  publication.files["result.html"].back() = ' ';
  EXPECT_THAT(BrokenIn(publication),
              ElementsAre("have another hash than the manifest says: result.html",
                          "result.html: is not what result.json becomes"));
}

TEST(Publication, IsBrokenByAPageOfSomethingElseEvenIfItsHashIsRight) {
  Publication publication = Published(ReadFile("passing.json"));
  std::string& page = publication.files["result.html"];
  const std::string before = Sha256(page);
  page = Replaced(page, "Conforms", "Conforms!");
  publication.files[kManifest] = Replaced(publication.files[kManifest], before, Sha256(page));
  EXPECT_THAT(BrokenIn(publication), ElementsAre("result.html: is not what result.json becomes"));
  EXPECT_THAT(BrokenIn(publication, "another program"), ElementsAre());
}

TEST(Publication, IsBrokenByFilesThatAreMissingOrNotListed) {
  Publication publication = Published(ReadFile("passing.json"));
  publication.files.erase("result.html");
  publication.files["more.txt"] = "";
  publication.others = {"folder"};
  EXPECT_THAT(BrokenIn(publication),
              ElementsAre("are in the manifest and not there: result.html",
                          "are there and not in the manifest: folder, more.txt"));
}

TEST(Publication, IsBrokenByARunThatWasNotWhole) {
  const std::string record = ReadFile("passing.json");
  const auto broken = [&](const std::string& from, const std::string& to) {
    return BrokenIn(Published(Replaced(record, from, to)));
  };
  EXPECT_THAT(broken("\"complete\": true", "\"complete\": false, \"stop_reason\": \"SIGINT\""),
              ElementsAre("result.json: the run is incomplete: SIGINT"));
  EXPECT_THAT(broken("\"excluded\": 0", "\"excluded\": 9"),
              ElementsAre("result.json: only a part was selected: \"\", 9 left out, part 1 of 1"));
  EXPECT_THAT(broken("\"expression\": \"\"", "\"expression\": \"sysv\""),
              ElementsAre(HasSubstr("only a part was selected: \"sysv\"")));
  EXPECT_THAT(broken("\"run\",", "\"run\", \"--quick\","),
              ElementsAre("result.json: races were given few rounds, by --quick"));
  EXPECT_THAT(broken(kMadeBy, "0123456789ab-dirty"),
              ElementsAre(HasSubstr("made by sources that nobody else has")));
}

TEST(Publication, IsBrokenByWhatWasNotDecided) {
  EXPECT_THAT(BrokenIn(Published(ReadFile("failing.json"))),
              ElementsAre(HasSubstr("cases were not decided: "), HasSubstr("UNRESOLVED: ")));
  const std::string untested = Replaced(ReadFile("passing.json"), "\"cases\": 0", "\"cases\": 1");
  EXPECT_THAT(BrokenIn(Published(untested)),
              ElementsAre(HasSubstr("have cases and were not tested: ")));
}

TEST(Publication, IsBrokenByARecordThatCannotBeRead) {
  const std::string record = ReadFile("passing.json");
  EXPECT_THAT(BrokenIn(Published(record.substr(0, 400))),
              ElementsAre(HasSubstr("the record ends here, in the middle")));
  EXPECT_THAT(BrokenIn({.folder = "out", .files = {{kManifest, ""}}, .others = {}}),
              ElementsAre("there is no record, a file that ends in .json"));
}

TEST(Publication, SaysWhereAManifestIsNone) {
  const auto error = [](const std::string& manifest) {
    return BrokenIn({.folder = "out", .files = {{kManifest, manifest}}, .others = {}}).front();
  };
  const std::string hash(64, 'a');
  EXPECT_THAT(error("hello\n"), HasSubstr("out/MANIFEST:1:1: expected 64 hexadecimal digits"));
  EXPECT_THAT(error(hash.substr(1) + "  x\n"), HasSubstr("out/MANIFEST:1:64: expected 64 hex"));
  EXPECT_THAT(error(hash + "  x\n" + hash + "  x\n"), HasSubstr("MANIFEST:2:67: expected each"));
  EXPECT_THAT(error(hash + " x\n"), HasSubstr("MANIFEST:1:65: expected a space"));
  EXPECT_THAT(error(hash + "  ../x\n"), HasSubstr("MANIFEST:1:67: expected the name of a file"));
  EXPECT_THAT(BrokenIn({.folder = "out", .files = {}, .others = {}}),
              ElementsAre(HasSubstr("there is no MANIFEST in it")));
}

std::vector<Record> Records(std::size_t count) {
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = i % 2 == 0 ? "passing.json" : "failing.json";
    records.push_back(*ReadRecord(ReadFile(name), name));
  }
  return records;
}

/// With one space where there are several.
std::string Squeezed(std::string text) {
  text.erase(
      std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
      text.end());
  return text;
}

TEST(Matrix, ShowsWhatIsNotTheSameEverywhere) {
  const std::string matrix = Squeezed(MatrixOf(Records(2), MatrixRows::kDiffering));
  EXPECT_THAT(matrix, HasSubstr("\n SYSV.STAT.LPID PASS FAIL\n"));
  EXPECT_THAT(matrix, HasSubstr("\n TOOL.NAMESPACE not there UNRESOLVED\n"));
  EXPECT_THAT(matrix, HasSubstr("\n System V segments 3/3 1/5 X3\n"));
  EXPECT_THAT(matrix, Not(HasSubstr("SYSV.SHMAT.NO_WRITE_ONLY")));
  EXPECT_THAT(MatrixOf(Records(2), MatrixRows::kAll), HasSubstr("SYSV.SHMAT.NO_WRITE_ONLY"));
  EXPECT_THAT(MatrixOf(Records(1), MatrixRows::kDiffering),
              HasSubstr("Every requirement has the same result everywhere\n"));
}

TEST(Matrix, HasSignsInsteadOfWordsForMany) {
  const std::string matrix = Squeezed(MatrixOf(Records(8), MatrixRows::kDiffering));
  EXPECT_THAT(matrix, HasSubstr(" + PASS, X FAIL"));
  EXPECT_THAT(matrix, HasSubstr("\n SYSV.STAT.LPID + X + X + X + X\n"));
}

}  // namespace
}  // namespace shmspec::reports
