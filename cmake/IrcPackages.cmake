# Debian packages by CPack, one per component of the installation: ircsim, libircsim-dev, ircsim-doc. `scripts/package.sh`
# builds them. Include after IrcInstall.
set(IRC_PACKAGE_MAINTAINER "ircsim maintainers <maintainers@ircsim.invalid>" CACHE STRING
  "Maintainer of the Debian packages: name <address>")

# Each package's own copyright file, where Debian looks for it.
set(irc_components program development documentation)
set(irc_package_names ircsim libircsim-dev ircsim-doc)
foreach(component package IN ZIP_LISTS irc_components irc_package_names)
  install(FILES ${PROJECT_SOURCE_DIR}/cmake/debian-copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
    RENAME copyright COMPONENT ${component})
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
endforeach()

# What the packages hold, without benches and tests.
set(irc_packaged ${irc_installed} irc irc_pages irc_dpi irc_firmware irc-make-detector irc-make-scenes)
if(TARGET irc_vpi)
  list(APPEND irc_packaged irc_vpi)
endif()
add_custom_target(irc_packaged DEPENDS ${irc_packaged})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ircsim)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${irc_components})
set(CPACK_DEB_COMPONENT_INSTALL ON)
# A developer's umask must not decide what users may read.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${IRC_PACKAGE_MAINTAINER})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(irc_this_version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

set(CPACK_DEBIAN_PROGRAM_DESCRIPTION
"The program irc runs a detector on a SystemC / TLM-2.0 model of an accelerator
that computes inside RRAM arrays, with all nonidealities of the cells. It reports
accuracy, latency, energy and area, writes traces, and explores configurations.
Presets, technology cards and trained detectors are included.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "ircsim-doc, gnuplot-nox | gnuplot, ngspice, bash-completion")

set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"This package holds headers, static libraries and the CMake package ircsim, for
platforms that embed the accelerator. It also holds one macro behind a C, DPI-C
and VPI interface, the RTL and the C driver.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS ON)
# ircsimConfig.cmake needs these for irc::model. The package ircsim brings the technology cards.
set(irc_needed "ircsim (= ${irc_this_version})" libsystemc-dev libtbb-dev libhwy-dev libonnx-dev libprotobuf-dev
  protobuf-compiler nlohmann-json3-dev pkg-config)
list(JOIN irc_needed ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)
# And these for the outer rooms, from irc::detection on.
set(irc_wanted libboost-dev libboost-iostreams-dev libfmt-dev libopencv-dev libpugixml-dev)
if(TARGET irc_explore)
  list(APPEND irc_wanted libsqlite3-dev libssl-dev)
  if(IRC_PAGMO)
    list(APPEND irc_wanted libpagmo-dev)
  endif()
endif()
list(JOIN irc_wanted ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "cmake, verilator, iverilog, ircsim-doc")

set(CPACK_DEBIAN_DOCUMENTATION_DESCRIPTION
"This package holds the manual, tutorials, examples and sample traces of ircsim.")
set(CPACK_DEBIAN_DOCUMENTATION_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOCUMENTATION_PACKAGE_ARCHITECTURE all)
include(CPack)
