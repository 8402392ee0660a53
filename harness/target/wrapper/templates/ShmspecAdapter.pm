# SPDX-License-Identifier: MIT-0
# The part of an adapter for shmspec that is the same for every Perl library (PROTOCOL.md).
#
#   use ShmspecAdapter;
#   ShmspecAdapter::run('MyLibrary', '1.0', 'segment,memory', {
#       'segment.create' => sub {
#           my ($handles, %field) = @_;
#           return MyLibrary->new(text($field{name}), $field{size}) // failed();  # kept as the handle
#       },
#   });
package ShmspecAdapter;
use strict;
use warnings;
use Errno ();
use Exporter 'import';
use POSIX ();

our @EXPORT = qw(text key place lacking failed number bytes);

# Names that sort first win: EAGAIN before EWOULDBLOCK.
my %errno_name = map { Errno->can($_)->() => $_ } reverse sort grep { /^E[A-Z0-9]+$/ } keys %!;
my %form = (1 => 'C', 2 => 'S', 4 => 'L', 8 => 'Q');

# The text of a word in double quotes.
sub text {
    my $text = substr $_[0], 1, -1;
    $text =~ s/\\(?:x([0-9a-f]{2})|(.))/defined $1 ? chr hex $1 : $2 eq 'n' ? "\n" : $2/ge;
    return $text;
}

# The System V key of a name: its FNV-1a hash of 32 bits, made positive.
sub key {
    my $hash = 0x811C9DC5;
    $hash = (($hash ^ ord) * 0x01000193) & 0xFFFFFFFF for split //, text($_[0]);
    return ($hash & 0x7FFFFFFF) || 1;
}

# What `a0+8` names: the value of the handle, and an offset in bytes.
sub place {
    my ($word, $handles) = @_;
    my ($handle, $offset) = $word =~ /^([a-z]\d+)([+-]\d+)?$/ or die "place $word\n";
    die "$handle is unknown\n" if !exists $handles->{$handle};
    return ($handles->{$handle}, ($offset // 0) + 0);
}

# Ends a step for what the library does not have.
sub lacking { die {answer => 'lacking', words => $_[0]} }

# Ends a step with errno, or with the one given.
sub failed {
    local $! = $_[0] if @_;
    die {answer => $errno_name{$! + 0} // 'fails', words => "$!"};
}

# A number of `width` bytes out of its bytes, and the bytes of a number.
sub number { my ($width, $bytes) = @_; return unpack $form{$width}, $bytes }

sub bytes {
    my ($width, $number) = @_;
    return pack $form{$width}, $width == 8 ? $number + 0 : ($number + 0) & ((1 << 8 * $width) - 1);
}

sub answer {
    my ($operations, $line, $handles) = @_;
    my ($number, $head, $name, $fields) = $line =~ /^(\d+) (?:([a-z]\d+) = )?(\S+) ?(.*)$/;
    my %field = $fields =~ /([a-z_]+)=("(?:[^"\\]|\\.)*"|\S+)/g;
    my $made = eval {
        lacking($name) if !$operations->{$name};
        lacking("width $field{width}") if defined $field{width} && !$form{$field{width}};
        $operations->{$name}->($handles, %field);
    };
    if (my $error = $@) {
        my ($answer, $words) = ref $error eq 'HASH' ? @$error{qw(answer words)} : ('fails', $error);
        $words =~ s/[\\"]/'/g;
        $words =~ s/\s+/ /g;
        return "$number -> $answer \"$words\"";
    }
    $handles->{$head} = $made if defined $head;
    return "$number -> " . (defined $head ? 0 : $made || 0);
}

sub run {
    my ($library, $version, $offers, $operations) = @_;
    $| = 1;
    if ((<STDIN> // '') !~ /^shmspec-adapter 1\s*$/) {
        print "adapter-error \"this adapter speaks version 1\"\n";
        exit 1;
    }
    print "adapter library=\"$library\" version=\"$version\" offers=$offers\n";
    my %handles;
    while (my $line = <STDIN>) {
        if ($line =~ / process\.exit /) {
            my ($how, $code) = ($line =~ /how=(\S+)/, $line =~ /code=(\d+)/);
            $how eq '_exit' ? POSIX::_exit($code) : $how eq 'abort' ? POSIX::abort() : exit $code;
        }
        print answer($operations, $line, \%handles), "\n";
    }
}

1;
