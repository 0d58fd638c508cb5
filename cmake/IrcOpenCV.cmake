# The three OpenCV libraries that read, scale and write images, as targets opencv_core, opencv_imgproc, opencv_imgcodecs.
# OpenCV's own CMake package lives in Debian's libopencv-dev, which brings another two hundred packages (VTK and more);
# without it the libraries' own -dev packages are enough.
find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs)
if(TARGET opencv_core AND TARGET opencv_imgproc AND TARGET opencv_imgcodecs)
  return()
endif()
find_path(IRC_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgproc imgcodecs)
  find_library(IRC_OPENCV_LIBRARY_${part} opencv_${part} REQUIRED)
  if(NOT EXISTS ${IRC_OPENCV_INCLUDE}/opencv2/${part}.hpp)
    message(FATAL_ERROR "no opencv2/${part}.hpp in ${IRC_OPENCV_INCLUDE}: install libopencv-${part}-dev")
  endif()
  add_library(opencv_${part} SHARED IMPORTED GLOBAL)
  set_target_properties(opencv_${part} PROPERTIES IMPORTED_LOCATION ${IRC_OPENCV_LIBRARY_${part}}
    INTERFACE_INCLUDE_DIRECTORIES ${IRC_OPENCV_INCLUDE})
  mark_as_advanced(IRC_OPENCV_LIBRARY_${part})
endforeach()
mark_as_advanced(IRC_OPENCV_INCLUDE)

# For tests only: OpenCV's own evaluation of networks.
find_library(IRC_OPENCV_LIBRARY_dnn opencv_dnn)
mark_as_advanced(IRC_OPENCV_LIBRARY_dnn)
if(IRC_OPENCV_LIBRARY_dnn AND EXISTS ${IRC_OPENCV_INCLUDE}/opencv2/dnn.hpp)
  add_library(opencv_dnn SHARED IMPORTED GLOBAL)
  set_target_properties(opencv_dnn PROPERTIES IMPORTED_LOCATION ${IRC_OPENCV_LIBRARY_dnn}
    INTERFACE_INCLUDE_DIRECTORIES ${IRC_OPENCV_INCLUDE})
endif()
