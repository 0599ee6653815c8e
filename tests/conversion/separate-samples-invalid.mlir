// RUN: frieze-opt %s --nn-separate-samples --verify-diagnostics

// expected-error@below {{expects a function @model}}
module {
}
