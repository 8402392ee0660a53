// SPDX-License-Identifier: MIT-0
// The part of an adapter for shmspec in C++17 that is the same for every library (PROTOCOL.md).
//     #include "shmspec_adapter.hpp"  // first; needs shmspec_protocol.h
//     int64_t Create(shmspec::Step& step) {  // 0 is the answer; exceptions become answers
//       return step.Keep(std::make_shared<My>(step.Text("name"), step.Number("size")));
//     }  // in later steps: step.Get<My>("segment")
//     int main() {
//       return shmspec::Run("mylibrary", "1.0", "segment,memory",
//                           {{"segment.create", Create}, {"memory.load", shmspec::Memory}});
//     }
// Try it:  c++ -std=c++17 -o my_adapter my_adapter.cc && shmspec adapter check ./my_adapter
#pragma once
#include "shmspec_protocol.h"
// The line above comes first.
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

namespace shmspec {
struct Lacking : std::runtime_error {  // thrown for what the library does not have
  using std::runtime_error::runtime_error;
};
struct Fault {  // thrown for an access that failed
  std::string answer;
};
// What is thrown for an errno that the library reports.
inline std::system_error Failure(int error) { return {error, std::generic_category()}; }

struct Object {  // what a handle stands for
  std::shared_ptr<void> owner;
  char* address;  // where a0+8 counts from, also when the owner is gone
};
struct Step {
  std::map<std::string, Object>& handles;
  const char* fields;
  char number[24], handle[24], operation[64];

  const char* Word(const char* key) const { return shmspec_find(fields, key); }
  bool Has(const char* key) const { return *Word(key) != '\0'; }
  bool Flag(const char* key) const { return *Word(key) == 't'; }
  std::string Text(const char* key) const { return shmspec_unquote(Word(key)); }
  uint64_t Number(const char* key) const { return strtoull(Word(key), nullptr, 0); }
  Object& Find(const char* key) {
    return handles.at(std::string(Word(key), strcspn(Word(key), "+- \n")));
  }
  void* Place(const char* key) {  // the address that a0+8 or a plain number names
    if (*Word(key) < 'a') return reinterpret_cast<void*>(Number(key));
    return Find(key).address + atoll(Word(key) + strcspn(Word(key), "+- \n"));
  }
  template <typename T>
  T& Get(const char* key) {  // what another step has kept
    if (!Find(key).owner) throw std::out_of_range("the handle stands for nothing");
    return *static_cast<T*>(Find(key).owner.get());
  }
  // Makes the handle of this step stand for an object, with its address if it has one.
  int64_t Keep(std::shared_ptr<void> object, void* address = nullptr) {
    handles[handle] = {std::move(object), static_cast<char*>(address)};
    return 0;
  }
  int64_t Drop(const char* key) { return Find(key).owner.reset(), 0; }  // destroys it
};
// Performs memory.load and memory.store.
inline int64_t Memory(Step& step) {
  uint64_t value = step.Number("value");
  bool store = strcmp(step.operation, "memory.store") == 0;
  auto* failure = shmspec_access(step.Place("at"), step.Number("width"), store, &value);
  if (failure) throw Fault{failure};
  return store ? 0 : static_cast<int64_t>(value);
}
using Operation = std::function<int64_t(Step&)>;
// Answers until shmspec ends the adapter; main returns what it returns.
inline int Run(const char* library, const char* version, const char* offers,
               const std::map<std::string, Operation>& operations) {
  std::map<std::string, Object> handles;
  static char line[SHMSPEC_LINE + 1];
  if (!shmspec_greet(library, version, offers)) return 1;
  while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin)) {
    Step step{handles, nullptr, {}, {}, {}};
    step.fields = shmspec_split(line, step.number, step.handle, step.operation);
    if (!step.fields) break;
    try {
      auto found = operations.find(step.operation);
      if (found == operations.end()) throw Lacking(step.operation);
      shmspec_write_number(step.number, found->second(step));
    } catch (const Fault& fault) {
      printf("%s -> %s\n", step.number, fault.answer.c_str());
    } catch (const Lacking& lacking) {
      shmspec_write(step.number, "lacking", lacking.what());
    } catch (const std::system_error& error) {
      shmspec_write(step.number, shmspec_errno_name(error.code().value()), error.what());
    } catch (const std::exception& error) {
      shmspec_write(step.number, "fails", error.what());
    }
  }
  return shmspec_code;
}
}  // namespace shmspec
