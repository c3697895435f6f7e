# What `cmake --install` puts where, by GNUInstallDirs.
include(GNUInstallDirs)

set(TOCSIN_DOC_DIR ${CMAKE_INSTALL_DATADIR}/doc/tocsin)
install(TARGETS tocsin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/docs/*.md)
install(FILES ${pages} README.md CHANGELOG.md DESTINATION ${TOCSIN_DOC_DIR})
install(FILES LICENSE DESTINATION ${TOCSIN_DOC_DIR} RENAME copyright)
install(DIRECTORY examples DESTINATION ${TOCSIN_DOC_DIR})
install(FILES examples/systemd/tocsin.service DESTINATION lib/systemd/system)
# It has passwords, and it is edited where it lies.
install(CODE "if(NOT EXISTS \"\$ENV{DESTDIR}/etc/default/tocsin\")
  file(INSTALL DESTINATION /etc/default TYPE FILE FILES \"${CMAKE_CURRENT_SOURCE_DIR}/examples/systemd/tocsin.default\"
       RENAME tocsin PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
endif()")

# The program prints its own manual page and completions.
if(NOT CMAKE_CROSSCOMPILING)
  set(printed ${CMAKE_BINARY_DIR}/pages)
  find_program(GZIP_PROGRAM gzip REQUIRED)
  add_custom_command(
    OUTPUT ${printed}/tocsin.1.gz ${printed}/tocsin.bash ${printed}/_tocsin
    COMMAND ${CMAKE_COMMAND} -E make_directory ${printed}
    COMMAND tocsin --help-man > ${printed}/tocsin.1
    COMMAND ${GZIP_PROGRAM} -9nf ${printed}/tocsin.1
    COMMAND tocsin completion bash > ${printed}/tocsin.bash
    COMMAND tocsin completion zsh > ${printed}/_tocsin
    DEPENDS tocsin
    COMMENT "Printing the manual page and completions")
  add_custom_target(tocsin_pages ALL DEPENDS ${printed}/tocsin.1.gz)
  install(FILES ${printed}/tocsin.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${printed}/tocsin.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME tocsin)
  install(FILES ${printed}/_tocsin DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
endif()

# cpack -G DEB
set(CPACK_PACKAGE_NAME tocsin)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(TOCSIN_MAINTAINER "Tocsin <tocsin@localhost>" CACHE STRING "Whom the package names")
set(CPACK_PACKAGE_CONTACT ${TOCSIN_MAINTAINER})
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
# Files below /etc are no matter of the prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Takes alerts from Prometheus or Alertmanager, groups them, suppresses symptoms,
escalates what nobody acknowledged, delivers notifications and remembers
everything.")
set(debian ${CMAKE_CURRENT_SOURCE_DIR}/cmake/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
