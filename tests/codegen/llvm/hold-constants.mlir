// RUN: split-file %s %t
// RUN: frieze-compile %t/softmax.mlir --target=x86-64-v4 --name=m --emit=llvm-ir -o - | FileCheck %s
// RUN: frieze-compile %t/softmax.mlir --target=x86-64-v3 --name=m --emit=llvm-ir -o - | FileCheck %s --check-prefix=FEW
// RUN: frieze-compile %t/softmax.mlir --target=aarch64 --name=m --emit=llvm-ir -o - | FileCheck %s --check-prefix=FEW
// RUN: frieze-compile %t/attention.mlir --target=x86-64-v4 --name=m --emit=llvm-ir -o - | FileCheck %s --check-prefix=BEHIND

// With 32 registers, the factors of an exponential are loaded before the loop
// over a row, once each.
// CHECK-LABEL: define {{.*}}@m_x86_64_v4
// CHECK: %[[LOG2E:.*]] = call <16 x float> asm "", "=v,0"(<16 x float> splat (float 0x3FF7154760000000))
// CHECK-NOT: asm {{.*}} splat (float 0x3FF7154760000000)
// CHECK: call <16 x float> @llvm.fma.v16f32(<16 x float> %{{.*}}, <16 x float> %[[LOG2E]],

// must not fire: no registers are left, or LLVM's assembler has another name for
// them
// FEW-NOT: asm
//--- softmax.mlir
func.func @model(%x: tensor<1x64xf32>) -> tensor<1x64xf32> {
  %0 = nn.softmax %x axis = 1 : tensor<1x64xf32>
  return %0 : tensor<1x64xf32>
}

// A loop that follows another, the one of the maximum, gets a block before it.
// BEHIND-LABEL: define {{.*}}@m_x86_64_v4
// BEHIND: fcmp ogt <16 x float>
// BEHIND: br i1 %{{.*}}, label %{{.*}}, label %[[BEFORE:.*]]
// BEHIND: [[BEFORE]]:
// BEHIND: %[[LOG2E:.*]] = call <16 x float> asm "", "=v,0"(<16 x float> splat (float 0x3FF7154760000000))
// BEHIND: br label %[[LOOP:[0-9]+]]
// BEHIND: [[LOOP]]:
// BEHIND: call <16 x float> @llvm.fma.v16f32(<16 x float> %{{.*}}, <16 x float> %[[LOG2E]],
// BEHIND: br i1 %{{.*}}, label %[[LOOP]],
// A lane that nothing reads is no constant to hold: must not fire.
// BEHIND-NOT: asm {{.*}} poison
//--- attention.mlir
func.func @model(%q: tensor<1x16x8xf32>, %k: tensor<1x40x8xf32>, %v: tensor<1x40x8xf32>) -> tensor<1x16x8xf32> {
  %0 = nn.attention %q, %k, %v : tensor<1x16x8xf32>, tensor<1x40x8xf32>, tensor<1x40x8xf32> -> tensor<1x16x8xf32>
  return %0 : tensor<1x16x8xf32>
}
