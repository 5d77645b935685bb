"""Lints Verilog with slang (PyPI: pyslang), the strictest front end there is.

Standard input has one design a line: the standard, the top, and its files. Every design of which
slang says anything is named, and the exit code is then 1.
"""

import sys

from pyslang import driver

# Nets that are read in part, or named only to say that they are not read, are meant to be so, and
# Verilator looks after those that are not. Bits get their sign by being given to a signed net, and
# sums modulo a power of two have none.
ALLOWED = ["unused", "sign-conversion", "arith-op-mismatch"]


def lint(standard, top, files):
    """Whether slang is silent about the design."""
    slang = driver.Driver()
    slang.addStandardArgs()
    options = ["slang", "--top", top, "-Weverything", "--error-limit", "0"] + [f"-Wno-{name}" for name in ALLOWED]
    options += ["--std", standard, "-Werror"] + files
    if not slang.parseCommandLine(" ".join(options)):
        return False
    if not (slang.processOptions() and slang.parseAllSources()):
        return False
    slang.reportCompilation(slang.createCompilation(), True)
    return slang.reportDiagnostics(True)


def main():
    failed = 0
    for line in sys.stdin:
        standard, top, *files = line.split()
        if not lint(standard, top, files):
            print(f"slang complains of {top} ({standard})", flush=True)
            failed += 1
    sys.exit(1 if failed else 0)


main()
