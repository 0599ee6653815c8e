// RUN: frieze-opt %s --split-input-file --frieze-convert-to-llvm | FileCheck %s --implicit-check-not=unrealized_conversion_cast

// Every dialect in one go: constants, buffers as plain pointers, vectors.
// CHECK-LABEL: llvm.mlir.global private constant @kernel
// CHECK-SAME: alignment = 64
memref.global "private" constant @kernel : memref<8xf32> = dense<2.0> {alignment = 64}
// CHECK-LABEL: llvm.func @kernels(
// CHECK-SAME: %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
func.func @kernels(%x: memref<8xf32>, %y: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  // CHECK: llvm.mlir.addressof @kernel
  %kernel = memref.get_global @kernel : memref<8xf32>
  %0 = vector.load %x[%c0] : memref<8xf32>, vector<8xf32>
  %1 = vector.load %kernel[%c0] : memref<8xf32>, vector<8xf32>
  // CHECK: llvm.intr.fma
  %2 = math.fma %0, %1, %0 : vector<8xf32>
  vector.store %2, %y[%c0] : memref<8xf32>, vector<8xf32>
  return
}

// -----

// A buffer is its address, and a view an address within it. Indices do not wrap.
// CHECK-LABEL: llvm.func @addresses
// CHECK-SAME: %[[ARENA:.*]]: !llvm.ptr, %[[AT:.*]]: i64
func.func @addresses(%arena: memref<64xi8>, %at: index) -> f32 {
  %c32 = arith.constant 32 : index
  // CHECK: %[[VIEW:.*]] = llvm.getelementptr inbounds|nuw %[[ARENA]][%{{.*}}] : {{.*}}, i8
  %view = memref.view %arena[%c32][] : memref<64xi8> to memref<8xf32>
  // CHECK: %[[NEXT:.*]] = llvm.add %[[AT]], %{{.*}} overflow<nsw> : i64
  %c1 = arith.constant 1 : index
  %next = arith.addi %at, %c1 : index
  // CHECK: %[[ADDRESS:.*]] = llvm.getelementptr inbounds|nuw %[[VIEW]][%[[NEXT]]] : {{.*}}, f32
  // CHECK: llvm.load %[[ADDRESS]] {alignment = 4 : i64} : !llvm.ptr -> f32
  %0 = memref.load %view[%next] : memref<8xf32>
  return %0 : f32
}

// -----

// What is fetched ahead may lie behind the end of its buffer.
// CHECK-LABEL: llvm.func @prefetch
// CHECK-SAME: %[[X:.*]]: !llvm.ptr, %[[AT:.*]]: i64
func.func @prefetch(%x: memref<8xf32>, %at: index) {
  // CHECK: %[[ADDRESS:.*]] = llvm.getelementptr %[[X]][%[[AT]]] : {{.*}}, f32
  // CHECK: "llvm.intr.prefetch"(%[[ADDRESS]]) <{cache = 1 : i32, hint = 3 : i32, rw = 0 : i32}>
  memref.prefetch %x[%at], read, locality<3>, data : memref<8xf32>
  return
}

// -----

// What moves lanes becomes shuffles.
// CHECK-LABEL: llvm.func @lanes
func.func @lanes(%x: memref<8xf32>, %y: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %0 = vector.load %x[%c0] : memref<8xf32>, vector<8xf32>
  // CHECK: llvm.shufflevector {{.*}} [0]
  %1 = vector.extract_strided_slice %0 {offsets = [0], sizes = [1], strides = [1]} : vector<8xf32> to vector<1xf32>
  // CHECK: llvm.shufflevector {{.*}} [0, 0, 0, 0, 0, 0, 0, 0]
  %2 = vector.broadcast %1 : vector<1xf32> to vector<8xf32>
  vector.store %2, %y[%c0] : memref<8xf32>, vector<8xf32>
  return
}

// -----

// must not fire: what is in the LLVM dialect stays as it is.
// CHECK-LABEL: llvm.func @converted
// CHECK-NEXT: llvm.return
llvm.func @converted() {
  llvm.return
}
