// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "harness/host/own_process.h"
#include "harness/host/text_file.h"
#include "harness/target/perform/families.h"
#include "harness/target/perform/new_descriptor.h"
#include "harness/target/perform/open_flags.h"
#include "harness/vocabulary/value/unique_handle.h"

namespace shmspec::perform {
namespace {

/// The name as the call gets it; a page of its own for one that cannot be read or written.
class NamePointer {
 public:
  NamePointer(const MemfdCreate& op) : name_(op.name) {
    if (op.pointer == Buffer::kNull) {
      pointer_ = nullptr;
    } else if (op.pointer == Buffer::kValid) {
      pointer_ = name_.c_str();
    } else {
      MakePage(op.pointer);
    }
  }

  const char* get() const { return pointer_; }

 private:
  void MakePage(Buffer buffer) {
    const std::size_t size = name_.size() + 1;
    void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    SHMSPEC_CHECK(page != MAP_FAILED, "no page for a name");
    page_.reset({page, size});
    std::memcpy(page, name_.c_str(), size);
    ::mprotect(page, size, buffer == Buffer::kWild ? PROT_NONE : PROT_READ);
    pointer_ = static_cast<const char*>(page);
  }

  std::string name_;
  UniqueMapping page_;
  const char* pointer_ = nullptr;
};

}  // namespace

Outcome Do(const MemfdCreate& op, Context& context) {
  const NamePointer name(op);
  return NewDescriptor(context.file().create(name.get(), op.flags.bits), context);
}

Outcome Do(const MemfdAddSeals& op, Context& context) {
  return Returned(context.file().add_seals(context.FileOf(op.descriptor), op.seals.bits));
}

Outcome Do(const MemfdGetSeals& op, Context& context) {
  return Returned(context.file().get_seals(context.FileOf(op.descriptor)));
}

Outcome Do(const MemfdReopen& op, Context& context) {
  const std::string path = fmt::format("/proc/self/fd/{}", context.FileOf(op.descriptor));
  const CallResult opened = context.file().open(path.c_str(), OpenFlagsOf(op.flags.bits));
  const int error = errno;
  if (opened.value == -1 && error == ENOENT && !IsThere("/proc/self/fd")) {
    return Trouble{true, "this system has no /proc/self/fd"};
  }
  errno = error;
  return NewDescriptor(opened, context);
}

Outcome Do(const MemfdShowsName& op, Context& context) {
  const std::string entry = fmt::format("/proc/self/fd/{}", context.FileOf(op.descriptor));
  std::array<char, 512> target{};
  const ssize_t size = ::readlink(entry.c_str(), target.data(), target.size());
  if (size < 0) return Failure{ErrorCode{errno}};
  const std::string_view shown(target.data(), static_cast<std::size_t>(size));
  return Value{shown == fmt::format("/memfd:{} (deleted)", op.name) ? 1 : 0};
}

Outcome Do(const MemfdLink& op, Context& context) {
  const std::string entry = fmt::format("/proc/self/fd/{}", context.FileOf(op.descriptor));
  const char* folder = IsThere("/dev/shm") ? "/dev/shm" : "/tmp";
  const std::string name = fmt::format("{}/shmspec-link-{}", folder, ::getpid());
  const int linked = ::linkat(AT_FDCWD, entry.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW);
  const int error = errno;
  if (linked == 0) ::syscall(SYS_unlinkat, AT_FDCWD, name.c_str(), 0);  // see file_identity.h
  errno = error;
  return Returned(linked);
}

namespace {

constexpr const char* kNoexec = "/proc/sys/vm/memfd_noexec";

}  // namespace

Outcome Do(const MemfdGetNoexec&, Context&) {
  const auto number = ReadNumberFile(kNoexec);
  if (!number) return Failure{ErrorCode{errno}};
  return Value{*number};
}

Outcome Do(const MemfdSetNoexec& op, Context& context) {
  if (!context.private_pids) {
    return Trouble{true, "vm.memfd_noexec is written only in a pid namespace of the plan's"};
  }
  return Returned(WriteTextFile(kNoexec, std::to_string(op.value)) ? 0 : -1);
}

}  // namespace shmspec::perform
