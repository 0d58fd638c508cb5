# ONNX and protobuf as one target irc_onnx, for what reads or writes ONNX files.
find_package(Protobuf REQUIRED)
find_package(ONNX REQUIRED)
add_library(irc_onnx INTERFACE)
target_link_libraries(irc_onnx INTERFACE onnx onnx_proto protobuf::libprotobuf)
# Debian 13 builds ONNX with ONNX_ML and installs only the headers of that variant; its CMake package does not say so.
find_path(IRC_ONNX_INCLUDE onnx/onnx_pb.h REQUIRED)
mark_as_advanced(IRC_ONNX_INCLUDE)
if(EXISTS ${IRC_ONNX_INCLUDE}/onnx/onnx-ml.pb.h AND NOT EXISTS ${IRC_ONNX_INCLUDE}/onnx/onnx.pb.h)
  target_compile_definitions(irc_onnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
endif()
