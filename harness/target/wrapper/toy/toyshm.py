# SPDX-License-Identifier: MIT-0
"""A library for shared memory of 30 lines, with one bug: for README.md."""
import mmap
import os


class Segment:
    """Bytes that processes share by a name."""

    def __init__(self, name, size=0, create=False):
        self.path = "/dev/shm/" + name
        flags = os.O_RDWR | (os.O_CREAT if create else 0)
        self.file = os.open(self.path, flags, 0o600)
        if create:
            os.ftruncate(self.file, size)
        self.size = os.fstat(self.file).st_size
        self.bytes = mmap.mmap(self.file, self.size)

    def close(self):
        """Ends the use of the segment."""
        self.bytes.close()
        os.close(self.file)


def remove(name):
    """Removes a segment."""
    os.unlink("/dev/shm/" + name)
