#!/bin/sh
# One would expect: a placer that is told the orientation of every row, N and FS in turn as standard cells need it for their
#   power rails, puts the cells into the rows with the orientation of the row.
# What happens: the cells of coloquinte 0.4.1 all stay N, in the FS rows too, without a word. cell_row_polarity is ANY from the
#   start; only with SAME for every cell are they turned. The places and the wire length are the same in both.
# Why it matters: pins at their mirrored places and cells on swapped rails are a layout that cannot be built, and pin
#   positions for a wire estimate are wrong in every second row. Set the polarity of all standard cells to SAME.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site coloquinte==0.4.1 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >place.py <<'PY'
import coloquinte
from coloquinte import CellOrientation, CellRowPolarity, Circuit, Rectangle, Row


def placed(polarity):
    cells, height = 8, 4
    circuit = Circuit(cells)
    circuit.cell_width = [2] * cells
    circuit.cell_height = [height] * cells
    circuit.cell_x = circuit.cell_y = [0] * cells
    for cell in range(cells - 1):
        circuit.add_net([cell, cell + 1], [1, 1], [2, 2])
    turns = [CellOrientation.N, CellOrientation.FS, CellOrientation.N]
    circuit.rows = [Row(Rectangle(0, 6, i * height, (i + 1) * height), turn) for i, turn in enumerate(turns)]
    if polarity is not None:
        circuit.cell_row_polarity = [polarity] * cells
    else:
        print("RESULT polarity from the start:", *{entry.name for entry in circuit.cell_row_polarity})
    circuit.place(3)
    rows = [turns[y // height].name for y in circuit.cell_y]
    cells = [orientation.name for orientation in circuit.cell_orientation]
    print("RESULT", polarity, "rows:", *rows, "cells:", *cells)
    return rows, cells


rows, cells = placed(None)
assert "FS" in rows and set(cells) == {"N"}, "the behaviour has changed"
rows, cells = placed(CellRowPolarity.SAME)
assert "FS" in rows and rows == cells, "the behaviour has changed"
print("RESULT coloquinte 0.4.1: done")
PY
PYTHONPATH=site python3 place.py >log 2>&1 || { cat log; exit 1; }
grep -o 'RESULT.*' log | sed 's/RESULT //'
