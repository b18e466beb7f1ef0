# Puts qsample.py where the prefix's Python finds it: Debian's own has folders of its own in /usr and
# /usr/local; in another prefix, ~/.local or a virtual environment for instance, it is site-packages.
get_filename_component(prefix "${CMAKE_INSTALL_PREFIX}" ABSOLUTE)
set(version 3)
find_program(python3 python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(python3)
  execute_process(COMMAND ${python3} -c "import sys; print('%d.%d' % sys.version_info[:2])"
    OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(prefix STREQUAL "/usr")
  set(folder python3/dist-packages)
elseif(prefix STREQUAL "/usr/local")
  set(folder python${version}/dist-packages)
else()
  set(folder python${version}/site-packages)
endif()
file(INSTALL DESTINATION "${prefix}/lib/${folder}" TYPE FILE FILES "${CMAKE_CURRENT_LIST_DIR}/qsample.py")
