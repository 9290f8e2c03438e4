# cavea_precompile(<target> [<header>...])
#
# Parses the standard library, and the headers of other people's that are named, once for the target
# instead of once for each file: they are two thirds of what a compiler does here. Headers of our own
# are never among them, or each of their changes would compile everything again. A file still
# includes what it uses: the preset `tsan` is built without this, and finds who forgot.
option(CAVEA_PRECOMPILE "Precompile the headers of the standard library and of others" ON)

set(cavea_standard_headers
    algorithm
    array
    atomic
    charconv
    chrono
    compare
    cstddef
    cstdint
    cstring
    deque
    exception
    filesystem
    functional
    iterator
    limits
    map
    memory
    mutex
    numeric
    optional
    random
    set
    span
    string
    string_view
    thread
    tuple
    type_traits
    unordered_map
    unordered_set
    utility
    variant
    vector)

function(cavea_precompile target)
  # Precompiling takes as long as three files save.
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(LENGTH sources count)
  if(NOT CAVEA_PRECOMPILE OR count LESS 8)
    return()
  endif()
  foreach(header IN LISTS cavea_standard_headers ARGN)
    # For C++ alone: a room may have a file in C.
    target_precompile_headers(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:<${header}$<ANGLE-R>>")
  endforeach()
endfunction()
