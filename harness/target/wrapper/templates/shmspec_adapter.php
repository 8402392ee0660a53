<?php
// SPDX-License-Identifier: MIT-0
// The part of an adapter for shmspec that is the same for every PHP extension (PROTOCOL.md).
//
//   require __DIR__ . '/../templates/shmspec_adapter.php';
//   Adapter::run('mylibrary', PHP_VERSION, 'segment,memory', [
//       'segment.create' => fn($f) => my_create(Adapter::key($f['name']), Adapter::integer($f['size'])),
//   ]);
//
// An operation gets the fields, and its result is kept as the handle. Warnings are exceptions.

final class Lacking extends Exception {}

class Adapter
{
    public static array $handles = [];
    private const FORM = ['1' => 'C', '2' => 'S', '4' => 'L', '8' => 'Q'];
    // PHP says an errno in words only.
    private const ERRNO = ['File exists' => 'EEXIST', 'No such file or directory' => 'ENOENT',
        'Permission denied' => 'EACCES', 'Operation not permitted' => 'EPERM', 'Invalid argument' => 'EINVAL',
        'Cannot allocate memory' => 'ENOMEM', 'No space left on device' => 'ENOSPC',
        'Identifier removed' => 'EIDRM', 'are you the owner' => 'EPERM'];

    /** The System V key of a name: its FNV-1a hash of 32 bits, made positive. */
    public static function key(string $word): int
    {
        return hexdec(hash('fnv1a32', stripcslashes(substr($word, 1, -1)))) & 0x7FFFFFFF ?: 1;
    }

    /** A number of 64 bits; those of 2^63 and more become negative. */
    public static function integer(string $digits): int
    {
        $low = $high = 0;
        foreach (str_split(ltrim($digits, '-')) as $digit) {
            $low = $low * 10 + (int) $digit;
            $high = ($high * 10 + ($low >> 32)) & 0xFFFFFFFF;
            $low &= 0xFFFFFFFF;
        }
        return $digits[0] === '-' ? (int) $digits : $high << 32 | $low;
    }

    /** What `a0+8` names: the value of the handle, and an offset in bytes. */
    public static function place(string $word): array
    {
        preg_match('/^([a-z]\d+)([+-]\d+)?$/', $word, $part);
        return [self::$handles[$part[1]], (int) ($part[2] ?? 0)];
    }

    /** The bytes of a number, and a number out of its bytes. */
    public static function bytes(string $width, string $value): string
    {
        return pack(self::FORM[$width] ?? throw new Lacking("width $width"), self::integer($value));
    }

    public static function number(string $width, string $bytes): int
    {
        return unpack(self::FORM[$width] ?? throw new Lacking("width $width"), $bytes)[1];
    }

    private static function answer(array $operations, string $line): string
    {
        preg_match('/^(\d+) (?:([a-z]\d+) = )?(\S+)/', $line, $head);
        [, $number, $handle, $name] = $head;
        preg_match_all('/([a-z_]+)=("(?:[^"\\\\]|\\\\.)*"|\S+)/', $line, $field);
        $fields = array_combine($field[1], $field[2]);
        try {
            if ($name === 'process.exit') {
                match ($fields['how']) {
                    'exit' => exit((int) $fields['code']),
                    'abort' => posix_kill(getmypid(), SIGABRT),
                    default => throw new Lacking('PHP has no _exit'),
                };
            }
            $made = ($operations[$name] ?? throw new Lacking($name))($fields);
            if ($handle === '') {
                return "$number -> " . (int) $made;
            }
            self::$handles[$handle] = $made;
            return "$number -> 0";
        } catch (Throwable $error) {
            $said = fn($words) => str_contains($error->getMessage(), $words);
            $known = array_filter(self::ERRNO, $said, ARRAY_FILTER_USE_KEY);
            $class = ['Lacking' => 'lacking', 'ValueError' => 'EINVAL'][get_class($error)] ?? 'fails';
            $answer = reset($known) ?: $class;
            return "$number -> $answer \"" . strtr($error->getMessage(), "\"\\\n", "'/ ") . '"';
        }
    }

    public static function run(string $library, string $version, string $offers, array $operations): void
    {
        set_error_handler(fn($level, $words) => throw new ErrorException($words));
        if (trim((string) fgets(STDIN)) !== 'shmspec-adapter 1') {
            exit("adapter-error \"this adapter speaks version 1\"\n");
        }
        echo "adapter library=\"$library\" version=\"$version\" offers=$offers\n";
        while (($line = fgets(STDIN)) !== false) {
            echo self::answer($operations, rtrim($line, "\n")), "\n";
        }
    }
}
