# Installation: headers, one static library per room, configurations, detectors, documentation, and the package files that
# make find_package(ircsim) work. Programs install themselves. Include last, when all rooms exist. Components are
# program, development and documentation; IrcPackages.cmake makes one package of each.
include(CMakePackageConfigHelpers)

set(irc_installed "")
foreach(room core device network array sense mapping energy macro model detection scene trace cosim platform explore explore_report study)
  if(TARGET irc_${room})
    list(APPEND irc_installed irc_${room})
  endif()
endforeach()
set_target_properties(irc_systemc PROPERTIES EXPORT_NAME systemc)
install(TARGETS ${irc_installed} irc_systemc EXPORT ircsimTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  COMPONENT development)

set(irc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ircsim)
install(EXPORT ircsimTargets NAMESPACE irc:: DESTINATION ${irc_package_dir} COMPONENT development)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ircsimConfig.cmake.in
  ${PROJECT_BINARY_DIR}/generated/ircsimConfig.cmake INSTALL_DESTINATION ${irc_package_dir} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/ircsimConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/ircsimConfig.cmake
  ${PROJECT_BINARY_DIR}/generated/ircsimConfigVersion.cmake DESTINATION ${irc_package_dir} COMPONENT development)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/irc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/rtl DESTINATION ${CMAKE_INSTALL_DATADIR}/ircsim COMPONENT development
  FILES_MATCHING PATTERN "*.sv" PATTERN "*.v" PATTERN "*.vlt")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/configs DESTINATION ${CMAKE_INSTALL_DATADIR}/ircsim COMPONENT program
  FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models DESTINATION ${CMAKE_INSTALL_DATADIR}/ircsim COMPONENT program
  FILES_MATCHING PATTERN "*.onnx" PATTERN "*.md")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT program)

# The pages link to each other by relative paths, so they keep their places. The site is there if it was built.
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/traces DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT documentation)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation OPTIONAL)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation
  FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.jpg" PATTERN "*.png")
install(PROGRAMS ${PROJECT_SOURCE_DIR}/scripts/check_trace.sh DESTINATION ${CMAKE_INSTALL_DOCDIR}/scripts
  COMPONENT documentation)
install(DIRECTORY ${PROJECT_BINARY_DIR}/site/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/html COMPONENT documentation OPTIONAL)
