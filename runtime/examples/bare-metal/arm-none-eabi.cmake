# GCC for Arm cores without an operating system; each core has a file that includes
# this one. Code for other cores or of other compilers has other flags, of which
# frieze_add_model() reads -mcpu.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
# No program links before there is a linker script.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
