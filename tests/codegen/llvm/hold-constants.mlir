// RUN: frieze-compile %s --target=x86-64-v4 --name=m --emit=llvm-ir -o - | FileCheck %s
// RUN: frieze-compile %s --target=x86-64-v3 --name=m --emit=llvm-ir -o - | FileCheck %s --check-prefix=FEW
// RUN: frieze-compile %s --target=aarch64 --name=m --emit=llvm-ir -o - | FileCheck %s --check-prefix=FEW

// With 32 registers, the factors of an exponential are loaded before the loop
// over a row, once each.
// CHECK-LABEL: define {{.*}}@m_x86_64_v4
// CHECK: %[[LOG2E:.*]] = call <16 x float> asm "", "=v,0"(<16 x float> splat (float 0x3FF7154760000000))
// CHECK-NOT: asm {{.*}} splat (float 0x3FF7154760000000)
// CHECK: call <16 x float> @llvm.fma.v16f32(<16 x float> %{{.*}}, <16 x float> %[[LOG2E]],

// must not fire: no registers are left, or LLVM's assembler has another name for
// them
// FEW-NOT: asm
func.func @model(%x: tensor<1x64xf32>) -> tensor<1x64xf32> {
  %0 = nn.softmax %x axis = 1 : tensor<1x64xf32>
  return %0 : tensor<1x64xf32>
}
