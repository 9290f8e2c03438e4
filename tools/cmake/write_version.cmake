# Called at build time with SOURCE_DIR, VERSION, INPUT and OUTPUT.

function(ask_git result)
  execute_process(
    COMMAND git -C "${SOURCE_DIR}" ${ARGN}
    OUTPUT_VARIABLE answer
    RESULT_VARIABLE code
    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT code EQUAL 0)
    set(answer "unknown")
  endif()
  set(${result} "${answer}" PARENT_SCOPE)
endfunction()

ask_git(GIT_COMMIT rev-parse HEAD)
ask_git(GIT_DESCRIBE describe --tags --always --dirty)
configure_file("${INPUT}" "${OUTPUT}" @ONLY)
