// RUN: frieze-opt %s --frieze-emit-entry-points --verify-diagnostics

// A module that nn-to-loops has not made.
// expected-error @+1 {{expects the attribute nn.interface; run nn-to-loops first}}
module {
}
