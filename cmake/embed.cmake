# tocsin_embed(TARGET SYMBOL FILE): compiles FILE into TARGET, as
#   namespace tocsin::http::embedded { extern const std::string_view SYMBOL; }
# which whoever reads it declares. FILE is relative to the folder of the calling CMakeLists.txt, or absolute. What
# changes in FILE is built in anew by the next build, without configuring again.

if(CMAKE_SCRIPT_MODE_FILE)
  # This file is its own script: it runs at build time with INPUT, OUTPUT and SYMBOL.
  file(READ ${INPUT} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  # Every byte as an escape: an escape ends where the next begins, so any content is safe. Line by line for readers.
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(REPLACE "\\x0a" "\\x0a\"\n    \"" bytes "${bytes}")
  get_filename_component(name ${INPUT} NAME)
  file(WRITE ${OUTPUT}
       "// Made from ${name} by cmake/embed.cmake.\n#include <string_view>\n\nnamespace tocsin::http::embedded {\n\n"
       "extern const std::string_view ${SYMBOL};\nconst std::string_view ${SYMBOL}{\n    \"${bytes}\",\n    ${size}};\n\n"
       "} // namespace tocsin::http::embedded\n")
  return()
endif()

set(TOCSIN_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(tocsin_embed target symbol file)
  get_filename_component(input ${file} ABSOLUTE BASE_DIR ${CMAKE_CURRENT_SOURCE_DIR})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${symbol}.cpp)
  add_custom_command(OUTPUT ${output}
                     COMMAND ${CMAKE_COMMAND} -DINPUT=${input} -DOUTPUT=${output} -DSYMBOL=${symbol} -P ${TOCSIN_EMBED_SCRIPT}
                     DEPENDS ${input} ${TOCSIN_EMBED_SCRIPT}
                     COMMENT "Embedding ${file}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
