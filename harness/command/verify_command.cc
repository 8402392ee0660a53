// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "harness/command/console.h"
#include "harness/command/input_file.h"
#include "harness/command/subcommand.h"
#include "reports/publication/publication.h"
#include "reports/text/plain_text.h"
#include "shmspec/build.h"

namespace shmspec {
namespace {

Result<reports::Publication> PublicationIn(const std::string& folder) {
  namespace fs = std::filesystem;
  reports::Publication publication{.folder = folder, .files = {}, .others = {}};
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    // The target of a link is not in the folder.
    if (at->symlink_status(error).type() != fs::file_type::regular) {
      publication.others.push_back(name);
      continue;
    }
    Result<std::string> bytes = ReadInput(at->path().string());
    if (!bytes.ok()) return bytes.error();
    publication.files.emplace(name, std::move(bytes).value());
  }
  if (error) return Error{fmt::format("{}: cannot be read: {}", folder, error.message())};
  return publication;
}

std::string_view WordFor(reports::Finding::Kind kind) {
  switch (kind) {
    case reports::Finding::Kind::kHolds:
      return "holds ";
    case reports::Finding::Kind::kRemark:
      return "remark";
    case reports::Finding::Kind::kBroken:
      break;
  }
  return "BROKEN";
}

struct VerifyOptions {
  std::string folder;
};

int Verify(const VerifyOptions& options) {
  const std::string& folder = options.folder;
  const Result<reports::Publication> publication = PublicationIn(folder);
  if (!publication.ok()) return Complain(kExitUsage, publication.error().message);
  const Result<std::vector<reports::Finding>> findings =
      reports::Verify(*publication, internal::kSourceId);
  if (!findings.ok()) return Complain(kExitUsage, findings.error().message);
  std::size_t broken = 0;
  for (const reports::Finding& finding : *findings) {
    broken += finding.kind == reports::Finding::Kind::kBroken ? 1 : 0;
    fmt::print("{}  {}\n", WordFor(finding.kind), finding.text);
  }
  if (broken == 0) {
    fmt::print("{}: a result to rely on\n", folder);
  } else {
    fmt::print("{}: no result to rely on, for {}\n", folder,
               reports::Counted(broken, "reason", "reasons"));
  }
  return broken == 0 ? kExitAsExpected : kExitUnexpected;
}

void Declare(OptionList& options, VerifyOptions& to) {
  options
      .Text("DIR", to.folder,
            "A folder with records, pages and a MANIFEST of their hashes, by sha256sum")
      .required = true;
}

std::string Footer() {
  return "Example:\n"
         "  cd published && sha256sum result.json result.html > MANIFEST && shmspec verify .\n\n"
         "Exit codes: 0 a result to rely on, 1 not, 4 no such folder.\n";
}

const internal::SubcommandRegistration registration(
    {.name = "verify",
     .about = "Check that a published result is complete, unaltered and reproducible",
     .place = 90,
     .footer = &Footer,
     .start = Performing(&Declare, &Verify)});

}  // namespace
}  // namespace shmspec
