// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The words of a launcher's command, from its placeholders to a shell's line.

#ifndef SHMSPEC_HARNESS_LAUNCHER_COMMAND_WORDS_H_
#define SHMSPEC_HARNESS_LAUNCHER_COMMAND_WORDS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shmspec {

/// The values of the placeholders of one launch.
struct Placeholders {
  std::string program;                 // the path of the program, as the system sees it
  std::vector<std::string> arguments;  // of the program
  std::string id;                      // the name of a container, unlike that of any other launch
  std::string folder;                  // a private one
  std::string root;                    // in it
  std::string bundle;
  std::string initramfs;
  std::string kernel;
  std::string record;  // the file of the record, as the system sees it
};

/// The names of all placeholders.
std::span<const std::string_view> PlaceholderNames();

/// The names in a word that are written as placeholders, known or not: `root` in "{root}/proc".
std::vector<std::string> PlaceholdersIn(std::string_view word);

/// The words with the values for their placeholders. A word that is "{arguments}" becomes one word
/// for each argument; within a longer word they are joined by blanks, as a kernel's command line
/// has them.
std::vector<std::string> Expand(const std::vector<std::string>& words, const Placeholders& values);

/// The words as one line that a shell reads back as them.
std::string QuotedForShell(const std::vector<std::string>& words);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_COMMAND_WORDS_H_
