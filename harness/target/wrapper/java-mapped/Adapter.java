// SPDX-License-Identifier: Apache-2.0 OR MIT
// Java's MappedByteBuffer over a file in /dev/shm as an adapter of shmspec (../PROTOCOL.md).

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.*;
import java.nio.file.attribute.*;
import java.util.*;
import java.util.regex.*;

public class Adapter {
    static final Pattern STEP = Pattern.compile("(\\d+) (?:([a-z]\\d+) = )?(\\S+)");
    static final Pattern FIELD = Pattern.compile("([a-z_]+)=(?:\"([^\"]*)\"|(\\S+))");
    static final Pattern PLACE = Pattern.compile("([a-z]\\d+)([+-]\\d+)?");
    static final Map<String, String> ERRNO = Map.of(
        "Operation not permitted", "EPERM", "File name too long", "ENAMETOOLONG",
        "No space left on device", "ENOSPC", "File too large", "EFBIG",
        "Too many open files", "EMFILE", "Invalid argument", "EINVAL",
        "Map failed", "ENOMEM", "Cannot allocate memory", "ENOMEM", "Is a directory", "EISDIR");
    static final Map<String, String> CLASS = Map.of(
        "NoSuchFileException", "ENOENT", "FileAlreadyExistsException", "EEXIST",
        "AccessDeniedException", "EACCES", "NonWritableChannelException", "EACCES",
        "ReadOnlyBufferException", "EACCES", "IllegalArgumentException", "EINVAL",
        "UnsupportedOperationException", "lacking");
    static final Map<String, Object> handles = new HashMap<>();

    static Path path(Map<String, String> field) { return Path.of("/dev/shm", field.get("name")); }

    // FileChannel.map() takes a size of at most Integer.MAX_VALUE.
    static long size(Map<String, String> field) {
        long size = Long.parseUnsignedLong(field.get("size"));
        if (size >= 0 && size <= Integer.MAX_VALUE) return size;
        throw new UnsupportedOperationException("no mapping of more than 2^31-1 bytes");
    }

    // map() with READ_WRITE extends a file that is too small.
    static FileChannel made(Map<String, String> field, OpenOption how) throws IOException {
        long size = size(field);
        FileAttribute<?>[] mode = {};
        if (field.containsKey("mode")) {
            int bits = Integer.parseInt(field.get("mode"), 8);
            var set = EnumSet.noneOf(PosixFilePermission.class);
            for (var one : PosixFilePermission.values()) if ((bits >> (8 - one.ordinal()) & 1) != 0) set.add(one);
            mode = new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
        }
        FileChannel channel = FileChannel.open(path(field), Set.of(how, READ, WRITE), mode);
        channel.map(MapMode.READ_WRITE, 0, size);
        return channel;
    }

    static FileChannel segment(Map<String, String> field) { return (FileChannel) handles.get(field.get("segment")); }

    static Object perform(String operation, Map<String, String> field) throws IOException {
        boolean readOnly = "true".equals(field.get("read_only"));
        switch (operation) {
            case "segment.create": return made(field, CREATE_NEW);
            case "segment.open_or_create": return made(field, CREATE);
            case "segment.open":
                return readOnly ? FileChannel.open(path(field), READ) : FileChannel.open(path(field), READ, WRITE);
            case "segment.size": return segment(field).size();
            case "segment.resize":
                segment(field).truncate(size(field)).map(MapMode.READ_WRITE, 0, size(field));
                return 0;
            case "segment.attach":
                return segment(field).map(readOnly ? MapMode.READ_ONLY : MapMode.READ_WRITE, 0, segment(field).size())
                    .order(ByteOrder.nativeOrder());
            case "segment.detach":  // a buffer that nothing refers to is unmapped by the garbage collector
                handles.remove(field.get("at"));
                return 0;
            case "segment.close":
                segment(field).close();
                return 0;
            case "segment.remove":
                Files.delete(path(field));
                return 0;
            case "memory.load":
            case "memory.store":
                return access(operation.equals("memory.store"), field);
            default: throw new UnsupportedOperationException(operation);
        }
    }

    static long access(boolean store, Map<String, String> field) {
        Matcher at = PLACE.matcher(field.get("at"));
        if (!at.matches()) throw new IllegalArgumentException(field.get("at"));
        MappedByteBuffer buffer = (MappedByteBuffer) handles.get(at.group(1));
        int offset = at.group(2) == null ? 0 : Integer.parseInt(at.group(2));
        String digits = field.getOrDefault("value", "0");
        long value = digits.startsWith("-") ? Long.parseLong(digits) : Long.parseUnsignedLong(digits);
        switch (field.get("width")) {
            case "1": if (!store) return buffer.get(offset) & 0xff; buffer.put(offset, (byte) value); return 0;
            case "2": if (!store) return buffer.getShort(offset) & 0xffff; buffer.putShort(offset, (short) value); return 0;
            case "4": if (!store) return buffer.getInt(offset) & 0xffffffffL; buffer.putInt(offset, (int) value); return 0;
            case "8": if (!store) return buffer.getLong(offset); buffer.putLong(offset, value); return 0;
            default: throw new UnsupportedOperationException("width " + field.get("width"));
        }
    }

    static String answer(String operation, String handle, Map<String, String> field) {
        try {
            Object made = perform(operation, field);
            if (handle == null) return made.toString();
            handles.put(handle, made);
            return "0";
        } catch (InternalError error) {  // what the machine makes of SIGBUS in a mapping
            return "fault{signal=SIGBUS}";
        } catch (IOException | RuntimeException error) {
            String reason = error instanceof FileSystemException some ? some.getReason() : error.getMessage();
            String known = ERRNO.getOrDefault(String.valueOf(reason), "fails");
            return CLASS.getOrDefault(error.getClass().getSimpleName(), known)
                + " \"" + error.toString().replaceAll("[\"\\\\\n]", "'") + "\"";
        }
    }

    public static void main(String[] arguments) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        if (!"shmspec-adapter 1".equals(input.readLine())) {
            System.out.println("adapter-error \"this adapter speaks version 1\"");
            return;
        }
        System.out.println("adapter library=\"java.nio.MappedByteBuffer\" version=\""
            + System.getProperty("java.version") + "\" offers=segment,memory");
        for (String line; (line = input.readLine()) != null;) {
            Matcher step = STEP.matcher(line);
            if (!step.lookingAt()) continue;
            Map<String, String> field = new HashMap<>();
            Matcher word = FIELD.matcher(line);
            while (word.find()) field.put(word.group(1), word.group(2) != null ? word.group(2) : word.group(3));
            if (step.group(3).equals("process.exit")) {
                int code = Integer.parseInt(field.get("code"));
                if (field.get("how").equals("exit")) System.exit(code);
                if (field.get("how").equals("_exit")) Runtime.getRuntime().halt(code);
                System.out.println(step.group(1) + " -> lacking \"no abort\"");
                continue;
            }
            System.out.println(step.group(1) + " -> " + answer(step.group(3), step.group(2), field));
        }
    }
}
