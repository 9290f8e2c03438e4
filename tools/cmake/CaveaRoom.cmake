# cavea_room(<room> [EXCEPT <file>...] [ROOMS <room>...] [LIBRARIES <target>...] [PRECOMPILE <header>...])
#
# Makes the static library `cavea_<room>` of the sources in the room's folder and its subfolders. A
# room that has only headers becomes an interface library; a room without any file is left out with a
# line that says so.
function(cavea_room room)
  cmake_parse_arguments(arg "" "" "EXCEPT;ROOMS;LIBRARIES;PRECOMPILE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp *.c */*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS *.hpp *.h */*.hpp)
  foreach(file IN LISTS arg_EXCEPT)
    list(REMOVE_ITEM sources "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  endforeach()

  set(target cavea_${room})
  if(sources)
    add_library(${target} STATIC ${sources} ${headers})
    set(scope PUBLIC)
    cavea_precompile(${target} ${arg_PRECOMPILE})
    cavea_unite(${target})
  elseif(headers)
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  else()
    message(STATUS "Room ${room}: no sources, left out")
    return()
  endif()
  target_link_libraries(${target} ${scope} cavea_options ${arg_LIBRARIES})
  cavea_use_rooms(${target} ${scope} ${arg_ROOMS})
endfunction()

# cavea_use_rooms(<target> <PUBLIC|PRIVATE|INTERFACE> <room>...)
# Links the rooms that exist.
function(cavea_use_rooms target scope)
  foreach(room IN LISTS ARGN)
    if(TARGET cavea_${room})
      target_link_libraries(${target} ${scope} cavea_${room})
    endif()
  endforeach()
endfunction()
