# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The Python module sysv_ipc as an adapter of shmspec (../PROTOCOL.md)."""
import contextlib
import errno
import os
import sys

import sysv_ipc

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "templates"))
import shmspec_adapter as adapter  # pylint: disable=wrong-import-position


def key(name):
    """The key of a name: its FNV-1a hash of 32 bits, made positive."""
    value = 0x811C9DC5
    for byte in adapter.text(name).encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value & 0x7FFFFFFF or 1


@contextlib.contextmanager
def errors(existential=errno.ENOENT, permission=errno.EACCES):
    """Gives the exceptions of the library the errno that each stands for."""
    try:
        yield
    except sysv_ipc.ExistentialError as error:
        raise OSError(existential, str(error)) from error
    except sysv_ipc.PermissionsError as error:
        raise OSError(permission, str(error)) from error
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error)) from error
    except MemoryError as error:
        raise OSError(errno.ENOMEM, str(error)) from error
    except OSError as error:
        if error.errno is not None:
            raise
        if "ENOSPC" in str(error):
            raise OSError(errno.ENOSPC, str(error)) from error
        raise RuntimeError(str(error)) from error  # words alone


def create(_handles, name, size, mode="0600", **_):
    with errors(existential=errno.EEXIST):
        return sysv_ipc.SharedMemory(key(name), sysv_ipc.IPC_CREX, int(mode, 8), int(size))


def open_(_handles, name, read_only="false", **_):
    # The constructor attaches read-only if the mode has no write permission.
    with errors():
        return sysv_ipc.SharedMemory(key(name), 0, 0o400 if read_only == "true" else 0o600)


def open_or_create(_handles, name, size, mode="0600", **_):
    with errors():
        return sysv_ipc.SharedMemory(key(name), sysv_ipc.IPC_CREAT, int(mode, 8), int(size))


def size_(handles, segment, **_):
    with errors():
        return handles[segment].size


def attach(handles, segment, read_only="false", **_):
    # The constructor has attached it already; this is one more attach, with an address of its own.
    with errors():
        flags = sysv_ipc.SHM_RDONLY if read_only == "true" else 0
        return sysv_ipc.attach(handles[segment].id, None, flags)


def detach(handles, at, **_):
    with errors():
        adapter.place(at, handles)[0].detach()


def close(handles, segment, **_):
    with errors():
        handles[segment].detach()


def remove(_handles, name, **_):
    with errors():
        segment = sysv_ipc.SharedMemory(key(name))
    with errors(permission=errno.EPERM):
        segment.remove()
    segment.detach()


def place(handles, at, width):
    """The object and the offset that `at` names, and the width."""
    if width not in ("1", "2", "4", "8"):
        raise adapter.Lacking(f"no width {width}")
    return *adapter.place(at, handles), int(width)


def load(handles, at, width, **_):
    segment, offset, count = place(handles, at, width)
    with errors():
        some = segment.read(count, offset)
    if len(some) < count:  # read() gives fewer bytes at the end
        raise ValueError(f"read {len(some)} of {count} bytes")
    return int.from_bytes(some, sys.byteorder)


def store(handles, at, width, value, **_):
    segment, offset, count = place(handles, at, width)
    with errors():
        segment.write((int(value) % (1 << 8 * count)).to_bytes(count, sys.byteorder), offset)


adapter.run("sysv_ipc", sysv_ipc.VERSION, "segment,memory", {
    "segment.create": create, "segment.open": open_, "segment.open_or_create": open_or_create,
    "segment.size": size_, "segment.attach": attach, "segment.detach": detach,
    "segment.close": close, "segment.remove": remove, "memory.load": load,
    "memory.store": store})
