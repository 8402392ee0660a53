// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Systems and C libraries that take the names of POSIX objects for others.

#include <algorithm>
#include <cctype>
#include <string>

#include "harness/target/faulty/fault_table.h"

namespace shmspec {
namespace {

constexpr std::size_t kLongest = 255;

std::string* NameOf(Operation& operation) {
  if (auto* open = std::get_if<PosixOpen>(&operation)) return &open->name;
  if (auto* unlink = std::get_if<PosixUnlink>(&operation)) return &unlink->name;
  return nullptr;
}

std::size_t FirstByte(const std::string& name) {
  return std::min(name.find_first_not_of('/'), name.size());
}

/// The name becomes what `change` makes of the part behind the slashes it begins with.
template <void (*change)(std::string&)>
void Rename(const model::State&, model::Call&, Operation& operation) {
  std::string* name = NameOf(operation);
  if (name == nullptr) return;
  std::string plain = name->substr(FirstByte(*name));
  change(plain);
  *name = name->substr(0, FirstByte(*name)) + plain;
}

void KeepApartWithoutSlash(const model::State&, model::Call&, Operation& operation) {
  std::string* name = NameOf(operation);
  if (name != nullptr && !name->empty() && (*name)[0] != '/') *name = "_" + *name;
}

void RefuseManySlashes(const Aftermath& a) {
  const auto* open = As<PosixOpen>(a.call);
  if (open != nullptr && FirstByte(open->name) > 1 && a.Succeeded()) a.Fail(EINVAL);
}

void UseUnderscores(std::string& name) { std::replace(name.begin(), name.end(), '/', '_'); }
void CutAtSlash(std::string& name) { name.resize(std::min(name.find('/'), name.size())); }
void NameTheNameless(std::string& name) {
  if (name.empty()) name = "empty";
}
void NameDots(std::string& name) {
  if (name == "." || name == "..") name += "dots";
}
void CutOneByteEarly(std::string& name) {
  if (name.size() >= kLongest) name.resize(kLongest - 1);
}
void CutLongName(std::string& name) {
  if (name.size() > kLongest + 1) name.resize(kLongest);
}
void TakeOneByteMore(std::string& name) {
  if (name.size() == kLongest + 1) name.resize(kLongest);
}
void FoldCase(std::string& name) {
  for (char& byte : name) {
    byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  }
}
void DropTrailing(std::string& name) {
  while (name.size() > 1 && (name.back() == ' ' || name.back() == '.')) name.pop_back();
}
void DropHighBits(std::string& name) {
  for (char& byte : name) byte = static_cast<char>(byte & 0x7f);
}

/// An object that another process opens is a copy.
void OpenCopy(const Aftermath& a) {
  if (!IsOneOf<PosixOpen>(a.call) || !a.Succeeded()) return;
  const std::uint32_t serial = a.call.step + 1;
  const std::uint32_t shown = OwnFile(a.after, serial).node;
  if (shown == serial) return;
  const std::uint8_t self = ProcessOf(a.after, a.call);
  for (const model::Descriptor& one : a.after.processes[self].descriptors->open()) {
    const model::OpenFile* file = FindFile(a.after, self, one.number);
    if (file->node == shown && file->serial != serial) return;
  }
  model::Node copy = NodeOf(a.after, shown);
  copy.serial = serial;
  copy.object = std::uint64_t{serial} << 8;
  copy.links = 0;
  AddNode(a.after, copy);
  model::MemoryObject& bytes = OwnObject(a.after, copy.object);
  bytes = ObjectOf(a.after, OwnNode(a.after, shown).object);
  bytes.references = 1;
  OwnFile(a.after, serial).node = serial;
  DropNode(a.after, shown);
}

constexpr SeededFault kFaults[] = {
    {"others_open_a_copy_of_an_object", "POSIX.NAME.LEADING_SLASH"_req,
     "another process gets a copy of the object", Afterwards<OpenCopy>},
    {"names_without_a_slash_are_apart", "POSIX.NAME.NO_LEADING_SLASH"_req,
     "x and /x are two objects", Rewritten<KeepApartWithoutSlash>},
    {"many_slashes_are_refused", "POSIX.NAME.EXTRA_LEADING_SLASHES"_req,
     "a name that begins with two slashes is refused", Afterwards<RefuseManySlashes>},
    {"slashes_inside_are_underscores", "POSIX.NAME.EMBEDDED_SLASH"_req,
     "a slash inside a name stands for another byte", Rewritten<Rename<UseUnderscores>>},
    {"names_end_at_a_slash", "POSIX.NAME.EMBEDDED_SLASH"_req,
     "what follows a slash inside a name is left out", Rewritten<Rename<CutAtSlash>>},
    {"the_empty_name_is_an_object", "POSIX.NAME.EMPTY"_req, "the empty name is one as others",
     Rewritten<Rename<NameTheNameless>>},
    {"dots_are_an_object", "POSIX.NAME.DOT_NAMES"_req, "the names of directories are objects",
     Rewritten<Rename<NameDots>>},
    {"names_have_up_to_254_bytes", "POSIX.NAME.NAME_MAX"_req,
     "the last byte of the longest name is cut", Rewritten<Rename<CutOneByteEarly>>},
    {"names_have_up_to_256_bytes", "POSIX.NAME.NAME_MAX"_req, "names of 256 bytes are cut by one",
     Rewritten<Rename<TakeOneByteMore>>},
    {"long_names_are_cut", "POSIX.NAME.VERY_LONG"_req, "of a name that is too long 255 bytes count",
     Rewritten<Rename<CutLongName>>},
    {"names_ignore_case", "POSIX.NAME.ANY_BYTES"_req, "upper and lower case are the same",
     Rewritten<Rename<FoldCase>>},
    {"names_lose_dots_at_their_end", "POSIX.NAME.ANY_BYTES"_req,
     "blanks and dots at the end of a name do not count", Rewritten<Rename<DropTrailing>>},
    {"names_have_seven_bits", "POSIX.NAME.ANY_BYTES"_req,
     "the highest bit of a byte does not count", Rewritten<Rename<DropHighBits>>},
};

const internal::FaultRegistration registration(kFaults);

}  // namespace
}  // namespace shmspec
