# cavea_embed(<target> <namespace> <name> <file>)
#
# Compiles a text file into the target: `namespace <namespace> { extern const std::string_view <name>; }`.
function(cavea_embed target namespace name file)
  set(input "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -DINPUT=${input} -DOUTPUT=${output} -DNAMESPACE=${namespace}
            -DNAME=${name} -P "${CMAKE_SOURCE_DIR}/tools/cmake/embed_text.cmake"
    DEPENDS "${input}" "${CMAKE_SOURCE_DIR}/tools/cmake/embed_text.cmake"
    COMMENT "Embedding ${file}"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()

# cavea_embed_folder(<target> <namespace> <name> <folder>)
#
# Compiles all text files below a folder into the target, by their paths in it:
# `namespace <namespace> { extern const std::vector<std::pair<std::string_view, std::string_view>>
# <name>; }`.
function(cavea_embed_folder target namespace name folder)
  set(input "${CMAKE_CURRENT_SOURCE_DIR}/${folder}")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${input}/*")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" -DINPUT=${input} -DOUTPUT=${output} -DNAMESPACE=${namespace}
            -DNAME=${name} -P "${CMAKE_SOURCE_DIR}/tools/cmake/embed_folder.cmake"
    DEPENDS ${files} "${CMAKE_SOURCE_DIR}/tools/cmake/embed_folder.cmake"
    COMMENT "Embedding ${folder}"
    VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()
