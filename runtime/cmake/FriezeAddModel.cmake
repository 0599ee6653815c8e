# Compiles a model as part of a build:
#
#   frieze_add_model(<target> MODEL <file> [MODULE] [NAME <symbol>] [TARGET <target>]
#                    [EXACT] [STREAM_HOP <samples>] [WEIGHTS <file>]
#                    [DEPENDS <file>...] [OPTIONS <option>...])
#
# defines the library <target>. Linked to a program, it brings the functions of
# the model and their header <symbol>.h. With MODULE, where shared libraries are
# of the format ELF, it is one to load with dlopen(), as frieze::Library does. It is
# compiled again when the model, the compiler or a file of DEPENDS changes.
#
#   MODEL       the model file
#   NAME        prefix of the symbols, and name of the header; default: <target>
#   TARGET      as of frieze-compile; default: the first for the
#               processor and system of the build, and on bare metal the
#               core that -mcpu or CMAKE_SYSTEM_PROCESSOR names
#   EXACT       compute every convolution as the sum it is
#   STREAM_HOP  also compile for a stream, with a window every so many samples
#   WEIGHTS     weights for a model file that has none
#   DEPENDS     other files that the model consists of
#   OPTIONS     further options of frieze-compile
#
# The compiler is the program FRIEZE_COMPILE where that is set, else that of this
# build or of the package, else frieze-compile on the PATH. It runs on the machine
# that builds, whatever the build is for.

# Sets `variable` to the last core that -mcpu names in the flags of the build, and
# to nothing where none does. A core without its FPU, as cortex-m4+nofp, is another.
function(_frieze_get_core variable)
  get_directory_property(options COMPILE_OPTIONS)
  string(REGEX MATCHALL "-mcpu=[^ ;>]+" cores
    "${options} ${CMAKE_CXX_FLAGS} ${CMAKE_C_FLAGS}")
  list(POP_BACK cores core)
  string(REPLACE "-mcpu=" "" core "${core}")
  set(${variable} "${core}" PARENT_SCOPE)
endfunction()

# Sets `variable` to the target of frieze-compile for the machine of the build: the
# first of `compiler --print-targets=json` for its processor and system.
function(_frieze_get_machine variable model compiler)
  set(processor "${CMAKE_SYSTEM_PROCESSOR}")
  set(further "")
  if(CMAKE_SYSTEM_NAME STREQUAL "Generic")
    _frieze_get_core(core)
    if(core)
      set(processor "${core}")
      set(further " and -mcpu=${core}")
    endif()
  elseif(CMAKE_OSX_ARCHITECTURES)
    set(processor "${CMAKE_OSX_ARCHITECTURES}")
    set(further " and CMAKE_OSX_ARCHITECTURES '${processor}'")
  endif()
  string(TOLOWER "${processor}-.*-${CMAKE_SYSTEM_NAME}" pattern)
  string(REGEX REPLACE "^amd64" "x86_64" pattern "${pattern}")
  string(REGEX REPLACE "darwin$" "macosx" pattern "${pattern}")
  # A compiler of this build is made later, and compiles for this machine first.
  if(compiler MATCHES "^\\$<" AND pattern STREQUAL "x86_64-.*-linux")
    set(${variable} x86-64 PARENT_SCOPE)
    return()
  endif()
  execute_process(COMMAND "${compiler}" --print-targets=json OUTPUT_VARIABLE targets)
  string(JSON count ERROR_VARIABLE error LENGTH "${targets}")
  set(names "")
  while(count)
    math(EXPR count "${count} - 1")
    string(JSON name GET "${targets}" ${count} name)
    string(JSON triple GET "${targets}" ${count} triple)
    list(PREPEND names ${name})
    # Targets of bare metal have the names of their cores.
    if(triple MATCHES "^${pattern}" OR
       (CMAKE_SYSTEM_NAME STREQUAL "Generic" AND name STREQUAL processor))
      set(found ${name})
    endif()
  endwhile()
  if(NOT DEFINED found)
    list(JOIN names ", " names)
    message(FATAL_ERROR "frieze_add_model(${model}): expects TARGET, as none of ${names} is "
      "for CMAKE_SYSTEM_NAME '${CMAKE_SYSTEM_NAME}' and CMAKE_SYSTEM_PROCESSOR "
      "'${CMAKE_SYSTEM_PROCESSOR}'${further}")
  endif()
  set(${variable} ${found} PARENT_SCOPE)
endfunction()

# Sets `variable` to the path of frieze-compile.
function(_frieze_get_compiler variable model)
  if(NOT FRIEZE_COMPILE AND TARGET Frieze::frieze-compile)
    set(${variable} $<TARGET_FILE:Frieze::frieze-compile> PARENT_SCOPE)
    return()
  endif()
  # A program for this machine, not for the one that is compiled for.
  find_program(FRIEZE_COMPILE frieze-compile NO_CMAKE_FIND_ROOT_PATH
    DOC "The frieze-compile that compiles models")
  if(NOT FRIEZE_COMPILE)
    message(FATAL_ERROR "frieze_add_model(${model}): expects frieze-compile, but it is not "
      "on the PATH; set FRIEZE_COMPILE to its path")
  elseif(NOT IS_ABSOLUTE "${FRIEZE_COMPILE}" OR NOT EXISTS "${FRIEZE_COMPILE}")
    message(FATAL_ERROR "frieze_add_model(${model}): expects FRIEZE_COMPILE to be the full "
      "path of frieze-compile, but got '${FRIEZE_COMPILE}'")
  endif()
  set(${variable} "${FRIEZE_COMPILE}" PARENT_SCOPE)
endfunction()

function(frieze_add_model target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "EXACT;MODULE" "MODEL;NAME;TARGET;STREAM_HOP;WEIGHTS"
    "DEPENDS;OPTIONS")
  if(DEFINED arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "frieze_add_model(${target}): unknown argument "
      "'${arg_UNPARSED_ARGUMENTS}'")
  elseif(DEFINED arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "frieze_add_model(${target}): expects a value behind "
      "'${arg_KEYWORDS_MISSING_VALUES}'")
  elseif(NOT DEFINED arg_MODEL)
    message(FATAL_ERROR "frieze_add_model(${target}): expects MODEL")
  elseif(arg_MODULE AND (APPLE OR NOT UNIX))
    message(FATAL_ERROR "frieze_add_model(${target}): expects a system with shared libraries of "
      "the format ELF for MODULE, but CMAKE_SYSTEM_NAME is '${CMAKE_SYSTEM_NAME}'; link the "
      "model without MODULE")
  endif()
  if(NOT DEFINED arg_NAME)
    string(MAKE_C_IDENTIFIER "${target}" arg_NAME)
  endif()
  _frieze_get_compiler(compiler ${target})
  if(NOT DEFINED arg_TARGET)
    _frieze_get_machine(arg_TARGET ${target} "${compiler}")
  endif()

  set(options --name=${arg_NAME} --target=${arg_TARGET} ${arg_OPTIONS})
  if(arg_EXACT)
    list(APPEND options --exact)
  endif()
  if(DEFINED arg_STREAM_HOP)
    list(APPEND options --stream-hop=${arg_STREAM_HOP})
  endif()
  foreach(file IN LISTS arg_MODEL arg_WEIGHTS arg_DEPENDS)
    get_filename_component(file "${file}" ABSOLUTE)
    list(APPEND files "${file}")
  endforeach()
  list(GET files 0 model)
  if(DEFINED arg_WEIGHTS)
    list(GET files 1 weights)
    list(APPEND options "--weights=${weights}")
  endif()

  # A folder for each model, so that a header is found only by whom it is linked to.
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.frieze")
  file(MAKE_DIRECTORY "${folder}")
  set(object "${folder}/${arg_NAME}.o")
  set(header "${folder}/${arg_NAME}.h")
  file(RELATIVE_PATH shown "${CMAKE_BINARY_DIR}" "${object}")
  add_custom_command(OUTPUT "${object}" "${header}"
    COMMAND "${compiler}" "${model}" -o "${object}" ${options}
    COMMAND "${compiler}" "${model}" -o "${header}" ${options}
    DEPENDS "${compiler}" ${files}
    COMMENT "Compiling the model ${arg_MODEL} to ${shown}" VERBATIM)
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)

  # Whichever language the project has; only objects are linked.
  set(language CXX)
  if(CMAKE_C_COMPILER_LOADED)
    set(language C)
  endif()
  if(arg_MODULE)
    add_library(${target} MODULE "${object}" "${header}")
    set_target_properties(${target} PROPERTIES PREFIX "")
    # A loader knows the entry alone, and the object needs no library.
    target_link_options(${target} PRIVATE -nostdlib
      LINKER:--defsym=frieze_model_entry=${arg_NAME}_model)
  else()
    add_library(${target} STATIC "${object}" "${header}")
  endif()
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE ${language})
  target_include_directories(${target} INTERFACE "$<BUILD_INTERFACE:${folder}>")
endfunction()
