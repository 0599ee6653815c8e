//===- Keras1.h - What Keras 1 called attributes ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_KERAS1_H
#define FRIEZE_FRONTENDS_KERAS_KERAS1_H

#include <nlohmann/json_fwd.hpp>

namespace frieze::keras {

/// A model of Keras 1 with its layers and their attributes under the names that
/// later versions have for them: `nb_filter` becomes `filters`. Attributes that
/// did nothing at inference are left out. A Sequential model that begins with a
/// Merge of others becomes a functional one.
nlohmann::json updateKeras1(nlohmann::json model);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_KERAS1_H
