# Installation: headers, one static library per room, configurations, detectors, and the package files that make
# find_package(ircsim) work. Programs install themselves. Include this file last, when all rooms exist.
include(CMakePackageConfigHelpers)

set(irc_installed "")
foreach(room core device network array sense mapping energy macro model detection scene trace cosim platform explore explore_report study)
  if(TARGET irc_${room})
    list(APPEND irc_installed irc_${room})
  endif()
endforeach()
set_target_properties(irc_systemc PROPERTIES EXPORT_NAME systemc)
install(TARGETS ${irc_installed} irc_systemc EXPORT ircsimTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(irc_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ircsim)
install(EXPORT ircsimTargets NAMESPACE irc:: DESTINATION ${irc_package_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ircsimConfig.cmake.in
  ${PROJECT_BINARY_DIR}/generated/ircsimConfig.cmake INSTALL_DESTINATION ${irc_package_dir} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/ircsimConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/ircsimConfig.cmake
  ${PROJECT_BINARY_DIR}/generated/ircsimConfigVersion.cmake DESTINATION ${irc_package_dir})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/irc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/configs DESTINATION ${CMAKE_INSTALL_DATADIR}/ircsim
  FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/models DESTINATION ${CMAKE_INSTALL_DATADIR}/ircsim
  FILES_MATCHING PATTERN "*.onnx" PATTERN "*.md")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
