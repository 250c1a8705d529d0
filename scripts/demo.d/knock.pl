# knock.pl listen ADDRESS PORT        accepts connections until it is ended
# knock.pl from SOURCE ADDRESS PORT   connects from SOURCE and prints passes, refused or silent
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_TCP);

sub place {
    my ($address, $port) = @_;
    return (PF_INET6, pack_sockaddr_in6($port, inet_pton(PF_INET6, $address))) if $address =~ /:/;
    return (PF_INET, pack_sockaddr_in($port, inet_pton(PF_INET, $address)));
}

my $mode = shift;
if ($mode eq 'listen') {
    my ($family, $where) = place(@ARGV);
    socket(my $door, $family, SOCK_STREAM, IPPROTO_TCP) or die "socket: $!";
    setsockopt($door, SOL_SOCKET, SO_REUSEADDR, pack('l', 1));
    bind($door, $where) or die "bind @ARGV: $!";
    listen($door, 16) or die "listen: $!";
    while (accept(my $guest, $door)) { close $guest }
    exit;
}

my ($source, $address, $port) = @ARGV;
my ($family, $from) = place($source, 0);
my (undef, $to) = place($address, $port);
socket(my $guest, $family, SOCK_STREAM, IPPROTO_TCP) or die "socket: $!";
bind($guest, $from) or die "bind $source: $!";
local $SIG{ALRM} = sub { print "silent\n"; exit };
alarm 3;
print connect($guest, $to) ? "passes\n" : "refused\n";
