// RUN: frieze-opt %s --nn-choose-calls=target=cuda --split-input-file --verify-diagnostics
// RUN: not frieze-opt %s --nn-choose-calls=target=x86-64 --split-input-file 2>&1 | FileCheck %s

// A processor has functions that remember what windows share.
// CHECK: error: expects a function @model, and a target that is a device
// expected-error@below {{expects a function @model, and a target that is a device}}
module {
}
