// RUN: frieze-compile %s --target=x86-64-v3 --emit=asm -o - | FileCheck %s --check-prefix=ASM
// RUN: frieze-compile %s --target=x86-64-v3 -o %t.o
// RUN: llvm-readelf --hex-dump=.rodata..Llayer_kernel %t.o | FileCheck %s --check-prefix=OBJ

// Weights are numbers for an assembler, and the same bytes in an object.
// ASM: .Llayer_kernel:
// ASM-NEXT: .long 0x3f000000
// ASM-NEXT: .long 0xc0400000
// OBJ: 0000003f 000040c0
func.func @model(%x: tensor<1x1x1xf32>) -> tensor<1x1x2xf32> {
  %0 = nn.conv %x kernel(dense<[[[0.5, -3.0]]]> : tensor<1x1x2xf32>) epilogue(relu) : tensor<1x1x1xf32> -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}
