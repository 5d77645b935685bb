#!/bin/sh
# One would expect: the values of a bus in a WaveDrom diagram, `data`, may be numbers, as JSON and Python write them: [3, 0, -1];
#   or the renderer says that it wants strings.
# What happens: WaveDrom 3.7.0 draws the bus with its edges and leaves every number out: the boxes are empty. Of ["3", 0, "-1"]
#   the middle one is. So it does for names: {"name": 0} has none. No warning.
# Why it matters: documentation that is generated from a simulation has the right shape and no values, and the script that
#   wrote it, json.dumps of integers, is where nobody looks. Write str(value) for data and names.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-fund --no-audit --ignore-scripts --prefix . wavedrom@3.7.0 >npm.log 2>&1 || { cat npm.log; exit 2; }
cat >draw.js <<'JS'
const wavedrom = require('wavedrom');
const onml = require('onml');
const skin = require('wavedrom/skins/default.js');
console.log('WaveDrom', wavedrom.version);
function labels(lane) {
  const svg = onml.stringify(wavedrom.renderAny(0, {signal: [lane]}, skin));
  return [...svg.slice(svg.indexOf('</defs>')).matchAll(/<tspan>([^<]*)<\/tspan>/g)].map(match => match[1]).join(' ');
}
const found = [
  {name: 'sum', wave: '===', data: ['3', '0', '-1']},
  {name: 'sum', wave: '===', data: ['3', 0, '-1']},
  {name: 'sum', wave: '===', data: [3, 0, -1]},
].map(lane => {
  console.log(JSON.stringify(lane.data).padEnd(16), 'is drawn with the texts:', labels(lane));
  return labels(lane);
});
if (found.join() !== 'sum 3 0 -1,sum 3 -1,sum') {
  console.log('the behaviour has changed');
  process.exit(1);
}
JS
node draw.js
