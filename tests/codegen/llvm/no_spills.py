#!/usr/bin/env python3
"""Find vector registers that go to the stack in the hot loops of assembly.

    no_spills.py FILE.s

A hot loop is an innermost loop with a multiply-add in it. Prints how many there
are, and each line in one that reads or writes a vector, or a floating-point number,
on the stack; exit status 1 if there is such a line, or no hot loop at all. On x86,
%rbp may point to the stack where it is ever set to %rsp; elsewhere it is a register
like any other.
"""
import re
import sys

LABEL = re.compile(r"^(\.L\w+):")
JUMP = re.compile(r"^\s+(?:j\w+|b[\w.]*|cbn?z|tbn?z|le)\s+(?:.*,\s*)?(\.L\w+)")
MULTIPLY_ADD = re.compile(r"^\s+(vfn?madd|mulps|fmla|fmad|vfmac|vfma)")
# On x86 any instruction reads memory; elsewhere loads and stores do. RISC-V moves
# whole groups of registers only to save them.
X86 = re.compile(r"%[xyz]mm")
OTHERS = re.compile(r"^\s+(?:v?(?:ld|st)[rpm]\w*(?:\.\w+)?\s+\{?[qdsz]\d.*\[sp"
                    r"|f[ls][wd]\s.*\(sp\)|v[sl]\dr)")
FRAME_POINTER = re.compile(r"^\s+movq\s+%rsp, %rbp")


def innermost_loops(lines):
    """Line numbers (first, last) of each loop that has no other inside."""
    labels, loops = {}, []
    for number, line in enumerate(lines):
        if match := LABEL.match(line):
            labels[match[1]] = number
        elif (match := JUMP.match(line)) and match[1] in labels:
            loops.append((labels[match[1]], number))
    return [loop for loop in loops
            if not any(loop[0] <= other[0] and other[1] <= loop[1] and other != loop
                       for other in loops)]


def main():
    with open(sys.argv[1]) as file:
        lines = file.read().splitlines()
    hot = [loop for loop in innermost_loops(lines)
           if any(MULTIPLY_ADD.match(line) for line in lines[loop[0]:loop[1]])]
    framed = any(FRAME_POINTER.match(line) for line in lines)
    stack = ("(%rsp)", "(%rbp)") if framed else ("(%rsp)",)

    def is_spill(line):
        return OTHERS.match(line) or (
            X86.search(line) and any(address in line for address in stack))

    spills = [f"{number + 1}: {lines[number].strip()}"
              for first, last in hot for number in range(first, last + 1)
              if is_spill(lines[number])]
    print(f"{len(hot)} hot loops, {len(spills)} spills", *spills, sep="\n")
    return 0 if hot and not spills else 1


if __name__ == "__main__":
    sys.exit(main())
