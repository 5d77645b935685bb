#!/bin/sh
# One would expect: `sta -exit script.tcl` stops at the first error of the script and ends with a code that is not 0, as
#   tclsh does; at the least `exit 3` in the script ends with 3.
# What happens: OpenSTA 2.0.17 prints the error, goes on with the next line and ends with 0; it does so when the script does
#   not exist, and with `exit 3` too. link_design of a module that is not there prints an error and returns 0 without
#   raising one, so that catch does not see it either.
# Why it matters: a make rule or a CI step that runs the analysis never fails, and a report made after a failed
#   read_spef or read_sdc looks like any other. Look for "Error:" in the output, and for a line that the script prints last.
set -eu
version=0~20191111gitc018cb2+dfsg-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q "opensta=$version" >download.log 2>&1 || { cat download.log; echo "cannot download opensta $version"; exit 2; }
dpkg-deb -x opensta_*.deb .
sta=$folder/usr/bin/sta
cat >script.tcl <<'T'
read_liberty missing.lib
puts "went on after read_liberty"
error "an error of one's own"
puts "went on after error"
puts "link_design raised: [catch {link_design missing}]"
exit 3
T
code=0
"$sta" -no_splash -no_init -exit script.tcl >out 2>&1 || code=$?
missing=0
"$sta" -no_splash -no_init -exit missing.tcl >/dev/null 2>&1 || missing=$?
"$sta" -version
cat out
echo "exit code: $code; of a script that does not exist: $missing"
[ "$code" = 0 ] && [ "$missing" = 0 ] && grep -q 'went on after read_liberty' out && grep -q 'went on after error' out &&
    grep -q 'raised: 0' out || { echo "the behaviour has changed"; exit 1; }
