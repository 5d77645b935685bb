#!/bin/sh
# One would expect: $fscanf with %d reads 1_000 as a thousand: Verilog-2005 allows underscores in what %d takes, as in its
#   constants, and Verilator takes them for %h.
# What happens: Verilator 5.006 takes the whole of 1_000 out of the file and makes it 1; the return value is 1, and the next
#   number is read from where it begins. %h reads ff_ff as 65535. Icarus 11 reads both.
# Why it matters: vectors of wide accumulators are written in groups by hand and by f"{value:_}" of Python. The bench then
#   compares with the leading groups of its numbers, in one simulator only, and nothing says that the rest was dropped.
#   Write numbers without groups, or in hexadecimal.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q verilator=5.006-3 iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
export VERILATOR_ROOT="$folder/usr/share/verilator" VERILATOR_BIN=../../bin/verilator_bin
python3 -c 'print("ff_ff", f"{1000:_}", f"{2000:_}", sep="\n")' >numbers
cat numbers
cat >read.v <<'V'
module read;
  integer file, count, value;
  initial begin
    file = $fopen("numbers", "r");
    count = $fscanf(file, "%h", value);
    $display("%%h: %0d read, %0d", count, value);
    repeat (2) begin
      count = $fscanf(file, "%d", value);
      $display("%%d: %0d read, %0d", count, value);
    end
    $finish;
  end
endmodule
V
usr/bin/verilator --binary -CFLAGS -O0 -Mdir build read.v >log 2>&1 || { cat log; exit 1; }
usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o read.vvp read.v
usr/bin/vvp -M usr/lib/*/ivl read.vvp | tee icarus | sed 's/^/Icarus 11:       /'
build/Vread | grep read, | tee verilator | sed 's/^/Verilator 5.006: /'
printf '%%h: 1 read, 65535\n%%d: 1 read, 1000\n%%d: 1 read, 2000\n' | cmp - icarus || { echo "the behaviour has changed"; exit 1; }
printf '%%h: 1 read, 65535\n%%d: 1 read, 1\n%%d: 1 read, 2\n' | cmp - verilator \
    || { echo "the behaviour has changed"; exit 1; }
