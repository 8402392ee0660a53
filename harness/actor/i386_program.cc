// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/actor/i386_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "harness/actor/actor_main.h"
#include "harness/host/own_process.h"
#include "harness/vocabulary/value/names.h"

// Without the flag newer kernels warn, and may refuse to execute the file; older ones do not know
// it.
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

#ifdef SHMSPEC_I386_PROGRAM
// Position and length of the program's bytes, put here by the assembler.
asm(".section .rodata\n"
    ".balign 16\n"
    "shmspec_i386_begin:\n"
    ".incbin \"" SHMSPEC_I386_PROGRAM
    "\"\n"
    "shmspec_i386_end:\n"
    ".previous\n");
extern "C" const char shmspec_i386_begin[];
extern "C" const char shmspec_i386_end[];
#endif

namespace shmspec {
namespace {

#ifdef SHMSPEC_I386_PROGRAM
std::string_view Carried() {
  return {shmspec_i386_begin, static_cast<std::size_t>(shmspec_i386_end - shmspec_i386_begin)};
}
#else
std::string_view Carried() { return {}; }
#endif

Error NoFile() {
  return Error{fmt::format("cannot keep the program of 32-bit actors (32bit) in memory: {}",
                           ErrnoName(errno)),
               true};
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

I386Program::I386Program(UniqueFd file)
    : file_(std::move(file)), path_(fmt::format("/proc/self/fd/{}", file_.get())) {}

Result<I386Program> I386Program::Unpack() {
  if (const auto built = HasI386Program(); !built.ok()) return built.error();
  UniqueFd file(::memfd_create("shmspec-i386", MFD_CLOEXEC | MFD_EXEC));
  if (!file && errno == EINVAL) file.reset(::memfd_create("shmspec-i386", MFD_CLOEXEC));
  if (!file || !WriteAll(file.get(), Carried())) return NoFile();
  // A file that is open for writing cannot be executed.
  UniqueFd reading(
      ::open(fmt::format("/proc/self/fd/{}", file.get()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!reading) return NoFile();
  return I386Program(UniqueFd(Raised(reading.release())));
}

Result<void> HasI386Program() {
  if (!Carried().empty()) return {};
  return Error{
      "shmspec was built without a program for 32-bit actors: install g++-12-multilib, then "
      "configure "
      "and build again with g++",
      true};
}

Error CannotExecuteI386(int error) {
  if (error == ENOEXEC) return Error{"this kernel runs no 32-bit programs", true};
  return Error{
      fmt::format("cannot execute the program of 32-bit actors (32bit): {}", ErrnoName(error)),
      true};
}

Result<void> ProbeI386Program() {
  const Result<I386Program> program = I386Program::Unpack();
  if (!program.ok()) return program.error();
  const pid_t child = ::fork();
  if (child < 0) return Error{fmt::format("cannot fork: {}", ErrnoName(errno))};
  if (child == 0) {
    // Without a region it exits with the code for wrong usage, which is larger than any errno.
    ExecActor(program->path(), -1, 0);
    ::_exit(errno == ENOEXEC ? ENOEXEC : EACCES);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kActorUsage) return {};
  return CannotExecuteI386(WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT);
}

Result<void> ProbeTarget(const KernelTarget& target) {
  Result<void> there = target.probe();
  if (there.ok() && target.abi == Abi::kI386) there = ProbeI386Program();
  return there;
}

}  // namespace shmspec
