#!/bin/sh
# One would expect: in a topology of SCALE-Sim the numbers of a row say what the layer computes, and its name is a label.
# What happens: SCALE-Sim 3.0.0 takes every layer whose name has the letters DP in it for a depthwise one: the row is run
#   once for each channel, with one channel. A convolution named ADPCM1 becomes eight layers; the sum of cycles goes up,
#   and the rows of the reports no longer are the rows of the topology.
# Why it matters: names come from a network's file. A comparison of cycles by layer shifts by seven rows without a word,
#   and a real depthwise layer named DW is simulated as a full convolution.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site scalesim==3.0.0 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
from scalesim.topology_utils import topologies

print("scalesim 3.0.0: height, width, kernel, kernel, channels, filters, stride = 10, 10, 3, 3, 8, 4, 1")
layers = {}
for name in ("CONV1", "DW1", "ADPCM1"):
    with open("topology.csv", "w") as out:
        out.write(f"Layer,IFMAP h,IFMAP w,Filter h,Filter w,Channels,Filters,Strides,\n{name},10,10,3,3,8,4,1,\n")
    read = topologies()
    read.load_arrays("topology.csv")
    layers[name] = [(row[0], row[5]) for row in read.topo_arrays]
    print(f"named {name}: {len(layers[name])} layers; the first and its channels: {layers[name][0]}")
assert layers["CONV1"] == [("CONV1", 8)] and layers["DW1"] == [("DW1", 8)], "plain names have changed"
assert layers["ADPCM1"] == [(f"ADPCM1Channel_{channel}", 1) for channel in range(8)], "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
