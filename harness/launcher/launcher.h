// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A launcher: how the program is started on another system, and how its record comes back. Entries
// of a TOML file (launchers.toml):
//
//   [launcher.gvisor]
//   about = "gVisor, a kernel in a process"
//   command = ["runsc", "--network=none", "do", "{program}", "{arguments}"]
//   needs = {runsc = "runsc"}          # a tool and the Debian package that has it
//   deadline = "20m"
//   record = "output"
//   lacks = "/proc/sysvipc; SHM_STAT"  # what the system is known not to offer, for people

#ifndef SHMSPEC_HARNESS_LAUNCHER_LAUNCHER_H_
#define SHMSPEC_HARNESS_LAUNCHER_LAUNCHER_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/vocabulary/value/names.h"

namespace shmspec {

/// How the record comes back.
enum class RecordWay : std::uint8_t {
  kOutput,   // on standard output, between the lines that mark it
  kFile,     // in the file {record}
  kConsole,  // the same as on standard output, by a program that is process 1 of a machine
};

/// The program that is started.
enum class Linkage : std::uint8_t { kStatic, kDynamic };

/// What is made for the system before the command begins.
enum class Provision : std::uint8_t {
  kNothing,
  kRoot,       // a root folder with the program in it, {root}
  kBundle,     // a bundle of the Open Container Initiative with such a root folder, {bundle}
  kInitramfs,  // an archive that a kernel unpacks, with the program as /init, {initramfs}
};

template <>
struct NamesOf<RecordWay> {
  static constexpr std::array kNames{Named<RecordWay>{"output", RecordWay::kOutput},
                                     Named<RecordWay>{"file", RecordWay::kFile},
                                     Named<RecordWay>{"console", RecordWay::kConsole}};
};
template <>
struct NamesOf<Linkage> {
  static constexpr std::array kNames{Named<Linkage>{"static", Linkage::kStatic},
                                     Named<Linkage>{"dynamic", Linkage::kDynamic}};
};
template <>
struct NamesOf<Provision> {
  static constexpr std::array kNames{Named<Provision>{"nothing", Provision::kNothing},
                                     Named<Provision>{"root", Provision::kRoot},
                                     Named<Provision>{"bundle", Provision::kBundle},
                                     Named<Provision>{"initramfs", Provision::kInitramfs}};
};

struct Launcher {
  /// A program that the command needs.
  struct Tool {
    std::string name;     // as PATH has it, or an absolute path
    std::string package;  // of Debian
    friend bool operator==(const Tool&, const Tool&) = default;
  };

  std::string name;
  std::string about;                   // one line
  std::vector<std::string> command;    // words with placeholders; see Expand()
  std::vector<std::string> arguments;  // of `run`, before those of the user
  std::vector<std::string> stop;       // the command that ends what the first one left running
  std::vector<Tool> needs;
  std::string architecture;  // of the program; empty: that of this one
  Linkage linkage = Linkage::kStatic;
  Provision prepare = Provision::kNothing;
  std::string kernel;  // a file that it boots, {kernel}; empty: none
  RecordWay record = RecordWay::kOutput;
  std::int64_t deadline_ms = 0;      // for all of it
  std::int64_t case_timeout_ms = 0;  // for one case there; 0: as usual
  std::string lacks;                 // what the system is known not to offer; empty: nothing
  bool as_root = false;              // the command needs root
  bool only_printed = false;         // the command is for people to run: see --dry-run
  friend bool operator==(const Launcher&, const Launcher&) = default;
};

/// The launchers of a file, with their order in it.
using Launchers = std::vector<Launcher>;

/// The one of that name or nullptr.
const Launcher* FindLauncher(const Launchers& launchers, std::string_view name);

std::vector<std::string> NamesIn(const Launchers& launchers);

}  // namespace shmspec

#endif  // SHMSPEC_HARNESS_LAUNCHER_LAUNCHER_H_
