# irc_embed(<target> ROOM <room> NAMES <name>... FILES <path>...) puts files into the program's read-only data. It
# generates the table `irc::<room>::embedded_files`, which is declared in embedded_files.h beside the calling
# CMakeLists.txt. That CMakeLists.txt must have called enable_language(ASM).
function(irc_embed target)
  cmake_parse_arguments(arg "" "ROOM" "NAMES;FILES" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(assembler "")
  set(declarations "")
  set(entries "")
  set(index 0)
  foreach(name file IN ZIP_LISTS arg_NAMES arg_FILES)
    set(symbol ${target}_embedded_${index})
    string(APPEND assembler
      ".hidden ${symbol}\n.globl ${symbol}\n.balign 16\n${symbol}:\n.incbin \"${file}\"\n"
      ".hidden ${symbol}_end\n.globl ${symbol}_end\n${symbol}_end:\n.byte 0\n")
    string(APPEND declarations "extern \"C\" const char ${symbol}[];\nextern \"C\" const char ${symbol}_end[];\n")
    string(APPEND entries "    {\"${name}\", ${symbol}, ${symbol}_end},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${folder}/files.S @ONLY CONTENT
    ".section .rodata\n${assembler}.section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT ${folder}/table.cpp @ONLY CONTENT
    "#include \"embedded_files.h\"\n${declarations}
namespace irc::${arg_ROOM} {
const EmbeddedFile embedded_files[] = {\n${entries}    {nullptr, nullptr, nullptr},\n};
}  // namespace irc::${arg_ROOM}\n")
  # The assembler's own dependency scan does not detect .incbin.
  set_source_files_properties(${folder}/files.S PROPERTIES OBJECT_DEPENDS "${arg_FILES}")
  target_sources(${target} PRIVATE ${folder}/files.S ${folder}/table.cpp)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()
