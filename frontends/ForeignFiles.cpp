//===- ForeignFiles.cpp - Files that no importer reads ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ForeignFiles.h"
#include "frontends/Files.h"
#include "frontends/ZipArchive.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze;

namespace {
/// What the formats are told by.
struct Evidence {
  StringRef path, bytes;
  /// The names of the members of a zip archive, or of the files in a folder.
  std::vector<std::string> members;

  bool startsWith(StringRef magic) const { return bytes.starts_with(magic); }
  /// The identifier of a flatbuffer.
  bool isFlatBuffer(StringRef identifier) const {
    return bytes.substr(4).starts_with(identifier);
  }
  bool isArchive() const { return !bytes.empty() && !members.empty(); }
  /// Whether the beginning holds `text`.
  bool mentions(StringRef text) const {
    return bytes.take_front(size_t(1) << 20).contains(text);
  }
  bool hasMember(StringRef ending) const {
    return llvm::any_of(members, [&](StringRef name) {
      return name == ending || name.ends_with(("/" + ending).str());
    });
  }
  bool hasExtension(ArrayRef<StringRef> extensions) const {
    return llvm::is_contained(extensions,
                              StringRef(sys::path::extension(path).lower()));
  }
};

struct ForeignFormat {
  StringLiteral kind;
  StringLiteral wayOut;
  bool (*matches)(const Evidence &file);
};
} // namespace

//===----------------------------------------------------------------------===//
// Content
//===----------------------------------------------------------------------===//

static bool isPickle(const Evidence &file) {
  return file.bytes.size() > 2 && file.bytes[0] == '\x80' &&
         file.bytes[1] >= 2 && file.bytes[1] <= 5;
}

static bool isPickleOf(const Evidence &file, StringRef module) {
  return isPickle(file) && file.mentions(module);
}

/// Takes a protobuf field with a short string off the front of `bytes`.
static StringRef takeString(StringRef &bytes, char tag) {
  if (bytes.size() < 2 || bytes[0] != tag || bytes[1] <= 0)
    return {};
  StringRef text = bytes.substr(2, bytes[1]);
  bytes = bytes.drop_front(2 + text.size());
  return llvm::all_of(text, isPrint) ? text : StringRef();
}

/// Whether a protobuf message begins with nodes of a name and an operator.
static bool isGraphDef(const Evidence &file) {
  StringRef bytes = file.bytes;
  if (!bytes.consume_front("\x0a"))
    return false;
  // The length of the first node.
  while (!bytes.empty() && bytes[0] < 0)
    bytes = bytes.drop_front();
  bytes = bytes.drop_front(!bytes.empty());
  return !takeString(bytes, '\x0a').empty() &&
         !takeString(bytes, '\x12').empty();
}

/// Whether the first line is numbers with separators between.
static bool isTable(const Evidence &file) {
  StringRef line = file.bytes.split('\n').first.rtrim();
  return line.find_first_of(",;\t") != StringRef::npos &&
         line.find_first_of("0123456789") != StringRef::npos &&
         line.find_first_not_of("0123456789+-.eE,; \t") == StringRef::npos;
}

//===----------------------------------------------------------------------===//
// The formats
//===----------------------------------------------------------------------===//

static constexpr StringLiteral fromTorch =
    "export the module to ONNX with torch.onnx.export(module.eval(), "
    "(example_input,), 'model.onnx')";
static constexpr StringLiteral fromWeights =
    "give the architecture as MODEL, in JSON, and this file by --weights";
static constexpr StringLiteral fromPickle =
    "save the model in a format of its library";
static constexpr StringLiteral toInput = "give it to frieze-run by --input";

/// The first that matches counts.
static constexpr ForeignFormat formats[] = {
    {"a pointer of Git LFS", "fetch the file itself with git lfs pull",
     [](const Evidence &file) {
       return file.startsWith("version https://git-lfs");
     }},
    {"a web page", "download the file itself",
     [](const Evidence &file) {
       return file.bytes.starts_with_insensitive("<!doctype html") ||
              file.bytes.starts_with_insensitive("<html");
     }},
    {"a TensorFlow.js model", "give the Keras file that it was made from",
     [](const Evidence &file) { return file.mentions("\"modelTopology\""); }},
    {"a configuration of Hugging Face",
     "export the model to ONNX with optimum-cli export onnx --model FOLDER OUT",
     [](const Evidence &file) {
       return file.startsWith("{") && file.mentions("\"model_type\"");
     }},
    {"a TorchScript file for mobile devices", fromTorch,
     [](const Evidence &file) { return file.hasMember("bytecode.pkl"); }},
    {"a TorchScript file", fromTorch,
     [](const Evidence &file) { return file.hasMember("constants.pkl"); }},
    {"a PyTorch file", fromTorch,
     [](const Evidence &file) {
       return file.hasMember("data.pkl") || file.hasMember("pytorch_model.bin");
     }},
    // The number that torch.save() began with before it wrote archives.
    {"a PyTorch file", fromTorch,
     [](const Evidence &file) {
       return file.startsWith("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19");
     }},
    {"an ExecuTorch file", fromTorch,
     [](const Evidence &file) { return file.isFlatBuffer("ET12"); }},
    {"a file of ONNX Runtime", "give the .onnx file that it was made from",
     [](const Evidence &file) { return file.isFlatBuffer("ORTM"); }},
    {"the members of a Keras archive", "zip them",
     [](const Evidence &file) {
       return file.bytes.empty() && file.hasMember("model.weights.h5");
     }},
    {"a SavedModel of TensorFlow",
     "save the Keras model with model.save('model.keras'), or convert it to "
     "ONNX with python -m tf2onnx.convert --saved-model FOLDER --output "
     "model.onnx",
     [](const Evidence &file) {
       return file.hasMember("saved_model.pb") ||
              (file.startsWith("\x08\x01\x12") && file.mentions("serve"));
     }},
    {"a checkpoint of TensorFlow, weights alone",
     "load them with model.load_weights() and save the whole model with "
     "model.save('model.keras')",
     [](const Evidence &file) {
       return file.startsWith("model_checkpoint_path:") ||
              file.bytes.ends_with("\x57\xfb\x80\x8b\x24\x75\x47\xdb") ||
              file.hasMember("checkpoint") ||
              file.hasMember("variables.index") ||
              sys::path::filename(file.path).contains(".data-000");
     }},
    {"a frozen graph of TensorFlow",
     "convert it to ONNX with python -m tf2onnx.convert --graphdef graph.pb "
     "--inputs x:0 --outputs y:0 --output model.onnx",
     isGraphDef},
    {"a graph of TensorFlow as text",
     "convert the graph itself to ONNX with python -m tf2onnx.convert",
     [](const Evidence &file) { return file.startsWith("node {"); }},
    {"a GGUF file", "",
     [](const Evidence &file) { return file.startsWith("GGUF"); }},
    {"an OpenVINO model", "give the ONNX file that it was made from",
     [](const Evidence &file) {
       return file.startsWith("<?xml") && file.mentions("<net ");
     }},
    {"a pickled PyTorch module", fromTorch,
     [](const Evidence &file) { return isPickleOf(file, "torch"); }},
    {"a pickled scikit-learn model",
     "convert it to ONNX with skl2onnx.to_onnx(model, X[:1])",
     [](const Evidence &file) { return isPickleOf(file, "sklearn"); }},
    {"a pickled Keras model", "save it with model.save('model.keras')",
     [](const Evidence &file) { return isPickleOf(file, "keras"); }},
    {"a Python pickle", fromPickle, isPickle},
    {"an array of NumPy", toInput,
     [](const Evidence &file) { return file.startsWith("\x93NUMPY"); }},
    {"arrays of NumPy", fromWeights,
     [](const Evidence &file) {
       return file.isArchive() &&
              llvm::all_of(file.members, [](StringRef name) {
                return name.ends_with(".npy");
              });
     }},
    {"a safetensors file, weights alone", fromWeights,
     [](const Evidence &file) { return isSafetensors(file.bytes); }},
    {"a MATLAB file", "export the network with exportONNXNetwork()",
     [](const Evidence &file) { return file.startsWith("MATLAB "); }},
    {"a program or library that is compiled already", "",
     [](const Evidence &file) {
       return file.startsWith("\x7f\x45LF") || file.startsWith("!<arch>");
     }},
    {"an XML file", "",
     [](const Evidence &file) { return file.startsWith("<?xml"); }},
    {"a compressed file", "unpack it",
     [](const Evidence &file) {
       return file.startsWith("\x1f\x8b") || file.startsWith("BZh") ||
              file.startsWith("\xfd\x37zXZ") || file.startsWith("7z\xbc\xaf") ||
              file.startsWith("\x28\xb5\x2f\xfd");
     }},
    {"a tar archive", "unpack it",
     [](const Evidence &file) {
       return file.bytes.substr(257).starts_with("ustar");
     }},
    {"an archive with a model in it", "unpack it",
     [](const Evidence &file) {
       return file.isArchive() &&
              llvm::any_of(file.members, [](StringRef name) {
                return name.ends_with(".keras") || name.ends_with(".onnx") ||
                       name.ends_with(".h5");
              });
     }},
    {"a table of numbers", toInput, isTable},
    // By the name, where the content does not tell.
    {"a Core ML model", "export the original model to ONNX",
     [](const Evidence &file) {
       return file.hasExtension({".mlmodel", ".mlpackage", ".mlmodelc"});
     }},
    {"a Caffe model", "convert it to ONNX",
     [](const Evidence &file) {
       return file.hasExtension({".caffemodel", ".prototxt"});
     }},
    {"a TensorFlow graph or SavedModel, by its name",
     "convert it to ONNX with python -m tf2onnx.convert",
     [](const Evidence &file) { return file.hasExtension({".pb"}); }},
    {"a PyTorch file, by its name", fromTorch,
     [](const Evidence &file) {
       return file.hasExtension({".pt", ".pth", ".ptl"});
     }},
    {"code", "run it, and give the file in which it saves the model",
     [](const Evidence &file) {
       return file.hasExtension({".py", ".ipynb"}) || file.startsWith("#!");
     }},
    {"a Python pickle", fromPickle,
     [](const Evidence &file) {
       return file.hasExtension({".pkl", ".pickle", ".joblib"});
     }},
    {"a table of numbers", toInput,
     [](const Evidence &file) { return file.hasExtension({".csv", ".tsv"}); }},
};

static ForeignFile recognize(const Evidence &file) {
  for (const ForeignFormat &format : formats)
    if (format.matches(file))
      return {format.kind.str(), format.wayOut.str()};
  return {};
}

ForeignFile frieze::recognizeFile(StringRef path, StringRef bytes) {
  if (bytes.trim().empty())
    return {"an empty file", ""};
  Evidence file{path, bytes, {}};
  if (isZip(bytes)) {
    Expected<ZipArchive> archive = ZipArchive::open(bytes);
    if (archive)
      file.members = archive->getNames();
    else
      consumeError(archive.takeError());
  }
  return recognize(file);
}

ForeignFile frieze::recognizeFolder(StringRef path) {
  Evidence folder{path, "", {}};
  std::error_code error;
  for (sys::fs::directory_iterator entry(path, error), end;
       entry != end && !error; entry.increment(error))
    folder.members.push_back(sys::path::filename(entry->path()).str());
  ForeignFile known = recognize(folder);
  if (known.wayOut.empty())
    return {"a folder", "give the file in it"};
  return {"a folder with " + known.kind, known.wayOut};
}
