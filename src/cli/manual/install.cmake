# Puts what write_share has written where man and the shells look. zsh looks for what packages bring
# in vendor-completions, and for what else is installed in site-functions.
get_filename_component(prefix "${CMAKE_INSTALL_PREFIX}" ABSOLUTE)
file(INSTALL DESTINATION "${prefix}/share" TYPE DIRECTORY FILES
  "${QSAMPLE_SHARE}/man" "${QSAMPLE_SHARE}/bash-completion" "${QSAMPLE_SHARE}/fish")
set(folder site-functions)
if(prefix STREQUAL "/usr")
  set(folder vendor-completions)
endif()
file(INSTALL DESTINATION "${prefix}/share/zsh/${folder}" TYPE FILE FILES
  "${QSAMPLE_SHARE}/zsh/vendor-completions/_qsample")
