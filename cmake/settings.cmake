# What every target of ours is compiled with. Warnings become errors in the presets only: packagers build too.
add_library(iothub_settings INTERFACE)
target_compile_features(iothub_settings INTERFACE cxx_std_20)
target_compile_options(iothub_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -fno-omit-frame-pointer $<$<CONFIG:Debug>:-D_GLIBCXX_ASSERTIONS -Wnull-dereference>
  $<$<CONFIG:Release>:-fstack-protector-strong -D_FORTIFY_SOURCE=2>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # -Wrestrict is wrong about "text" + std::string in optimised builds: https://gcc.gnu.org/PR105329
  target_compile_options(iothub_settings INTERFACE -Wno-restrict)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()

if(IOTHUB_SANITIZE)
  add_compile_options(-fsanitize=${IOTHUB_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${IOTHUB_SANITIZE})
  if(IOTHUB_SANITIZE MATCHES "undefined")
    # RapidJSON does arithmetic on null pointers in its stack. The look at an object's type needs a pipe, and calls every
    # object invalid when a test leaves the process without file descriptors.
    add_compile_options(-fno-sanitize=pointer-overflow,vptr)
  endif()
  if(IOTHUB_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # fences inside libstdc++'s and Boost's own headers
  endif()
endif()

if(IOTHUB_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
