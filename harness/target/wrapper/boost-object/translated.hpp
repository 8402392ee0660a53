// SPDX-License-Identifier: Apache-2.0 OR MIT
// The exceptions of Boost.Interprocess as the answers of an adapter.
#pragma once
#include "shmspec_adapter.hpp"
// The line above comes first.
#include <boost/interprocess/exceptions.hpp>

namespace shmspec {

// The operation, with the native error of an exception as its errno. An exception without one tells
// its reason by a code of the library.
inline Operation Translated(Operation operation) {
  namespace bi = boost::interprocess;
  return [operation](Step& step) {
    try {
      return operation(step);
    } catch (const bi::bad_alloc&) {
      throw Failure(ENOMEM);
    } catch (const bi::interprocess_exception& error) {
      if (error.get_native_error() != 0) throw Failure(error.get_native_error());
      if (error.get_error_code() == bi::already_exists_error) throw Failure(EEXIST);
      if (error.get_error_code() == bi::not_found_error) throw Failure(ENOENT);
      if (error.get_error_code() == bi::size_error) throw Failure(EINVAL);
      throw;
    }
  };
}

// Every operation of a table so.
inline std::map<std::string, Operation> Translated(std::map<std::string, Operation> operations) {
  for (auto& [name, operation] : operations) operation = Translated(operation);
  return operations;
}
}  // namespace shmspec
