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

# cavea_unite(<target>)
#
# Compiles the files of the target several at a time: what a compiler does with one of ours is mostly
# to instantiate the same templates again. A name in an anonymous namespace must differ from those of
# the same folder, or the compiler says so. The presets `dev` and `tsan` are built without this: they
# find files that lack an include, and their warnings are those of each file alone.
option(CAVEA_UNITE "Compile several files of a target at a time" ON)

function(cavea_unite target)
  if(CAVEA_UNITE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    get_target_property(sources ${target} SOURCES)
    list(FILTER sources INCLUDE REGEX "\\.c$")
    set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()
