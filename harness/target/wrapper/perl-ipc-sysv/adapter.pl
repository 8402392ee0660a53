# SPDX-License-Identifier: Apache-2.0 OR MIT
# Perl's IPC::SysV with IPC::SharedMem as an adapter of shmspec (../PROTOCOL.md).
use strict;
use warnings;
use FindBin;
use IPC::SharedMem;
use IPC::SysV qw(IPC_CREAT IPC_EXCL SHM_RDONLY S_IRUSR S_IWUSR memread memwrite shmat shmdt);
use lib "$FindBin::Bin/../templates";
use ShmspecAdapter;

# The constructor has no default for the permissions.
sub mode { return oct($_[0]{mode} // '0600') }

sub made {
    my ($flags, %field) = @_;
    return IPC::SharedMem->new(key($field{name}), $field{size}, $flags | mode(\%field)) // failed();
}

ShmspecAdapter::run('IPC::SysV', $IPC::SysV::VERSION, 'segment,memory', {
    'segment.create' => sub { my ($handles, %field) = @_; return made(IPC_CREAT | IPC_EXCL, %field) },
    'segment.open_or_create' => sub { my ($handles, %field) = @_; return made(IPC_CREAT, %field) },
    'segment.open' => sub {
        my ($handles, %field) = @_;
        my $access = $field{read_only} eq 'true' ? S_IRUSR : S_IRUSR | S_IWUSR;
        return IPC::SharedMem->new(key($field{name}), 0, $access) // failed();
    },
    'segment.size' => sub {
        my ($handles, %field) = @_;
        my $stat = $handles->{$field{segment}}->stat // failed();
        return $stat->segsz;
    },
    # The method attach() takes one attach for each object; shmat() of IPC::SysV has no such limit.
    'segment.attach' => sub {
        my ($handles, %field) = @_;
        my $flags = $field{read_only} eq 'true' ? SHM_RDONLY : 0;
        return shmat($handles->{$field{segment}}->id, undef, $flags) // failed();
    },
    'segment.detach' => sub {
        my ($handles, %field) = @_;
        shmdt((place($field{at}, $handles))[0]) // failed();
        return 0;
    },
    'segment.close' => sub { return 0 },  # an object holds an identifier, nothing that is open
    'segment.remove' => sub {
        my ($handles, %field) = @_;
        my $segment = IPC::SharedMem->new(key($field{name}), 0, 0) // failed();
        $segment->remove or failed();
        return 0;
    },
    'memory.load' => sub {
        my ($handles, %field) = @_;
        my ($address, $offset) = place($field{at}, $handles);
        memread($address, my $bytes, $offset, $field{width}) or failed();
        return number($field{width}, $bytes);
    },
    'memory.store' => sub {
        my ($handles, %field) = @_;
        my ($address, $offset) = place($field{at}, $handles);
        memwrite($address, bytes($field{width}, $field{value}), $offset, $field{width}) or failed();
        return 0;
    },
});
