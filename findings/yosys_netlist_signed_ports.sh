#!/bin/sh
# One would expect: a netlist that Yosys writes has the ports of the module that it read, so that it can take the module's
#   place in a design and the design computes the same.
# What happens: Yosys 0.23 leaves out `signed` at the ports (0.70 keeps it). A parent that connects a signed output of
#   four bits to a wire of eight gets the number from the RTL, and its low four bits from the netlist: -3 becomes 13.
#   Verilog-2005 extends a port by the port's own sign; Icarus says so in a warning, and computes the other number.
# Why it matters: a core that passes alone fails in its place, as a synthesised block in an otherwise unchanged bench.
#   Connect outputs to wires of exactly their width, and extend the wire.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q yosys=0.23-6 iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >element.v <<'V'
module element (a, y);
  input signed [3:0] a;
  output signed [3:0] y;
  assign y = a;
endmodule
V
cat >parent.v <<'V'
module parent;
  reg signed [3:0] a;
  wire signed [7:0] wide;
  wire signed [3:0] narrow;
  wire signed [7:0] extended = narrow;
  element first (.a(a), .y(wide));
  element second (.a(a), .y(narrow));
  initial begin
    a = -4'sd3;
    #1 $display("%0d %0d", wide, extended);
  end
endmodule
V
usr/bin/yosys -q -p 'read_verilog element.v; synth -run begin:fine; write_verilog -noattr netlist.v'
simulate() {
    usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o bench.vvp parent.v "$1"
    usr/bin/vvp -M usr/lib/*/ivl bench.vvp
}
rtl=$(simulate element.v)
netlist=$(simulate netlist.v)
usr/bin/yosys -V
grep -n 'put' netlist.v
echo "-3 through the RTL, connected to 8 bits and extended from 4: $rtl"
echo "-3 through the netlist:                                      $netlist"
[ "$rtl" = "-3 -3" ] && [ "$netlist" = "13 -3" ] || { echo "the behaviour has changed"; exit 1; }
