// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "reports/c/compiled_program.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "harness/vocabulary/form/text.h"
#include "reports/c/c_program.h"

namespace shmspec::reports {

Plan Parsed(const std::string& text) {
  Result<Plan> plan = ParsePlan("plan test.c.program\n" + text, "plan");
  if (!plan.ok()) throw std::invalid_argument(plan.error().message);
  return std::move(plan).value();
}

std::string ProgramOf(const std::string& text, const std::vector<Objection>& objections) {
  const Result<std::string> program = CProgramOf(Parsed(text), objections);
  return program.ok() ? *program : program.error().message;
}

Ran Performed(const std::string& text, const std::vector<Objection>& objections) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "shmspec-c-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return {-1, "no folder"};
  std::ofstream(folder + "/case.c") << ProgramOf(text, objections);
  const std::string command = "cd " + folder +
                              " && cc -std=gnu11 -Wall -Wextra -Werror -o case case.c >output 2>&1"
                              " && ./case >output 2>&1";
  const int status = std::system(command.c_str());  // NOLINT(cert-env33-c): a test
  std::ifstream in(folder + "/output", std::ios::binary);
  Ran ran{WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}};
  fs::remove_all(folder);
  return ran;
}

}  // namespace shmspec::reports
