# SPDX-License-Identifier: Apache-2.0 OR MIT
# Perl's IPC::ShareLite as an adapter of shmspec (../PROTOCOL.md).
#
# A share has a value, which is stored and fetched as a whole. Here a segment of N bytes is a share
# whose value has N bytes.
use strict;
use warnings;
use FindBin;
use IPC::ShareLite qw(LOCK_EX);
use lib "$FindBin::Bin/../templates";
use ShmspecAdapter;

# Calls a method that croaks; errno says why.
sub tried {
    my ($call) = @_;
    local $@;
    $! = 0;
    return eval { $call->() } // ($! ? failed() : die $@);
}

# The handle is a box, so that close can end the only reference to the object.
sub opened {
    my ($name, @options) = @_;
    return {share => tried(sub { IPC::ShareLite->new(-key => key($name), @options) })};
}

# Zeros for a value; the length of one is an int.
sub zeros {
    my ($count) = @_;
    lacking('a value of more than 2^31-1 bytes') if $count > 0x7FFFFFFF;
    return "\0" x $count;
}

# Replaces the value under the lock, by what `change` makes of the old one.
sub changed {
    my ($share, $change) = @_;
    $share->lock(LOCK_EX) // failed();
    my $done = eval { tried(sub { $share->store($change->(tried(sub { $share->fetch }))) }) };
    my $error = $@;
    $share->unlock // failed() if $done;
    die $error if !$done;
    return 0;
}

# The share and the offset of bytes that the value has.
sub within {
    my ($value, $offset, $width) = @_;
    lacking('the value has no such bytes') if $offset < 0 || $offset + $width > length $value;
    return $value;
}

sub read_only { lacking('no read-only access') if $_[0] eq 'true' }

ShmspecAdapter::run('IPC::ShareLite', $IPC::ShareLite::VERSION, 'segment,memory', {
    'segment.create' => sub {
        my ($handles, %field) = @_;
        my $value = zeros($field{size});
        my @options = defined $field{mode} ? (-mode => oct $field{mode}) : ();
        # A smaller segment than the default of 65536 bytes could not be opened with the default.
        push @options, -size => $field{size} if $field{size} > 65536;
        my $box = opened($field{name}, -create => 1, -exclusive => 1, -destroy => 0, @options);
        tried(sub { $box->{share}->store($value) });
        return $box;
    },
    'segment.open' => sub {
        my ($handles, %field) = @_;
        read_only($field{read_only});
        return opened($field{name}, -create => 0, -destroy => 0);
    },
    'segment.size' => sub {
        my ($handles, %field) = @_;
        return length tried(sub { $handles->{$field{segment}}{share}->fetch });
    },
    'segment.resize' => sub {
        my ($handles, %field) = @_;
        my $value = zeros($field{size});
        return changed($handles->{$field{segment}}{share}, sub { substr $_[0] . $value, 0, $field{size} });
    },
    # The constructor has attached it, the destructor detaches it.
    'segment.attach' => sub {
        my ($handles, %field) = @_;
        read_only($field{read_only});
        return $handles->{$field{segment}};
    },
    'segment.detach' => sub { return 0 },
    'segment.close' => sub {
        my ($handles, %field) = @_;
        delete $handles->{$field{segment}}{share};
        return 0;
    },
    # The destructor removes the share if it was opened with -destroy; it reports no error.
    'segment.remove' => sub {
        my ($handles, %field) = @_;
        opened($field{name}, -create => 0, -destroy => 1);
        return 0;
    },
    'memory.load' => sub {
        my ($handles, %field) = @_;
        my ($box, $offset) = place($field{at}, $handles);
        my $value = tried(sub { $box->{share}->fetch });
        return number($field{width}, substr within($value, $offset, $field{width}), $offset, $field{width});
    },
    'memory.store' => sub {
        my ($handles, %field) = @_;
        my ($box, $offset) = place($field{at}, $handles);
        my $bytes = bytes($field{width}, $field{value});
        return changed($box->{share}, sub {
            my $value = within($_[0], $offset, $field{width});
            substr $value, $offset, $field{width}, $bytes;
            return $value;
        });
    },
});
