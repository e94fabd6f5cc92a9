/// The part of OpenVINO's C interface that Slipway uses, declared by us from the facts of its ABI.
///
/// The library is opened with `dlopen`, so that a machine without it lacks nothing but this engine. All
/// functions return a status (0 is success) unless they release. Handles are opaque; they have a member
/// each only so that Swift tells their pointers apart. What a function hands out is released with the
/// function of its kind; texts with `release`.
#ifndef SLIPWAY_C_OPENVINO_H
#define SLIPWAY_C_OPENVINO_H

#include <stddef.h>
#include <stdint.h>

typedef struct OpenVINOCore { char opaque; } OpenVINOCore;
typedef struct OpenVINONetwork { char opaque; } OpenVINONetwork;
typedef struct OpenVINOCompiled { char opaque; } OpenVINOCompiled;
typedef struct OpenVINOPort { char opaque; } OpenVINOPort;
typedef struct OpenVINORequest { char opaque; } OpenVINORequest;
typedef struct OpenVINOTensor { char opaque; } OpenVINOTensor;

typedef struct OpenVINOVersion {
  const char *_Nullable build;
  const char *_Nullable description;
} OpenVINOVersion;

typedef struct OpenVINOProperty {
  const char *_Nonnull key;
  /// Always a text here.
  const void *_Nonnull value;
} OpenVINOProperty;

typedef struct OpenVINOShape {
  int64_t rank;
  int64_t *_Nullable dimensions;
} OpenVINOShape;

/// Of a dimension or of a rank; open unless both are the same.
typedef struct OpenVINORange { int64_t least, most; } OpenVINORange;

typedef struct OpenVINOPartialShape {
  OpenVINORange rank;
  OpenVINORange *_Nullable dimensions;
} OpenVINOPartialShape;

/// FUNCTION(result, member, exported symbol, parameters)
#define OpenVINOFunctions(FUNCTION)                                                                 \
  FUNCTION(int32_t, version, ov_get_openvino_version, (OpenVINOVersion *_Nonnull))                  \
  FUNCTION(void, releaseVersion, ov_version_free, (OpenVINOVersion *_Nonnull))                      \
  FUNCTION(const char *_Nullable, lastError, ov_get_last_err_msg, (void))                           \
  FUNCTION(void, release, ov_free, (const char *_Nullable))                                         \
  FUNCTION(int32_t, createCore, ov_core_create, (OpenVINOCore *_Nullable *_Nonnull))                \
  FUNCTION(int32_t, readNetwork, ov_core_read_model,                                                \
    (const OpenVINOCore *_Nonnull, const char *_Nonnull path, const char *_Nullable weights,        \
     OpenVINONetwork *_Nullable *_Nonnull))                                                         \
  FUNCTION(void, releaseNetwork, ov_model_free, (OpenVINONetwork *_Nullable))                       \
  FUNCTION(int32_t, compile, ov_core_compile_model_props,                                           \
    (const OpenVINOCore *_Nonnull, const OpenVINONetwork *_Nonnull, const char *_Nonnull device,    \
     size_t, const OpenVINOProperty *_Nullable, OpenVINOCompiled *_Nullable *_Nonnull))             \
  FUNCTION(void, releaseCompiled, ov_compiled_model_free, (OpenVINOCompiled *_Nullable))            \
  FUNCTION(int32_t, inputCount, ov_compiled_model_inputs_size,                                      \
    (const OpenVINOCompiled *_Nonnull, size_t *_Nonnull))                                           \
  FUNCTION(int32_t, outputCount, ov_compiled_model_outputs_size,                                    \
    (const OpenVINOCompiled *_Nonnull, size_t *_Nonnull))                                           \
  FUNCTION(int32_t, input, ov_compiled_model_input_by_index,                                        \
    (const OpenVINOCompiled *_Nonnull, size_t, OpenVINOPort *_Nullable *_Nonnull))                  \
  FUNCTION(int32_t, output, ov_compiled_model_output_by_index,                                      \
    (const OpenVINOCompiled *_Nonnull, size_t, OpenVINOPort *_Nullable *_Nonnull))                  \
  FUNCTION(int32_t, portName, ov_port_get_any_name,                                                 \
    (const OpenVINOPort *_Nonnull, char *_Nullable *_Nonnull))                                      \
  FUNCTION(int32_t, portElementType, ov_port_get_element_type,                                      \
    (const OpenVINOPort *_Nonnull, uint32_t *_Nonnull))                                             \
  FUNCTION(int32_t, portShape, ov_port_get_partial_shape,                                           \
    (const OpenVINOPort *_Nonnull, OpenVINOPartialShape *_Nonnull))                                 \
  FUNCTION(void, releasePartialShape, ov_partial_shape_free, (OpenVINOPartialShape *_Nonnull))      \
  FUNCTION(void, releasePort, ov_output_const_port_free, (OpenVINOPort *_Nullable))                 \
  FUNCTION(int32_t, createRequest, ov_compiled_model_create_infer_request,                          \
    (const OpenVINOCompiled *_Nonnull, OpenVINORequest *_Nullable *_Nonnull))                       \
  FUNCTION(int32_t, setInput, ov_infer_request_set_input_tensor_by_index,                           \
    (OpenVINORequest *_Nonnull, size_t, const OpenVINOTensor *_Nonnull))                            \
  FUNCTION(int32_t, getOutput, ov_infer_request_get_output_tensor_by_index,                         \
    (const OpenVINORequest *_Nonnull, size_t, OpenVINOTensor *_Nullable *_Nonnull))                 \
  FUNCTION(int32_t, infer, ov_infer_request_infer, (OpenVINORequest *_Nonnull))                     \
  FUNCTION(int32_t, cancel, ov_infer_request_cancel, (OpenVINORequest *_Nonnull))                   \
  FUNCTION(void, releaseRequest, ov_infer_request_free, (OpenVINORequest *_Nullable))               \
  FUNCTION(int32_t, wrapTensor, ov_tensor_create_from_host_ptr,                                     \
    (uint32_t elementType, OpenVINOShape, void *_Nonnull, OpenVINOTensor *_Nullable *_Nonnull))     \
  FUNCTION(int32_t, tensorShape, ov_tensor_get_shape,                                               \
    (const OpenVINOTensor *_Nonnull, OpenVINOShape *_Nonnull))                                      \
  FUNCTION(int32_t, releaseShape, ov_shape_free, (OpenVINOShape *_Nonnull))                         \
  FUNCTION(int32_t, tensorElementType, ov_tensor_get_element_type,                                  \
    (const OpenVINOTensor *_Nonnull, uint32_t *_Nonnull))                                           \
  FUNCTION(int32_t, tensorByteCount, ov_tensor_get_byte_size,                                       \
    (const OpenVINOTensor *_Nonnull, size_t *_Nonnull))                                             \
  FUNCTION(int32_t, tensorMemory, ov_tensor_data,                                                   \
    (const OpenVINOTensor *_Nonnull, void *_Nullable *_Nonnull))                                    \
  FUNCTION(void, releaseTensor, ov_tensor_free, (OpenVINOTensor *_Nullable))

typedef struct OpenVINOTable {
#define FUNCTION(result, member, symbol, parameters) result (*_Nonnull member) parameters;
  OpenVINOFunctions(FUNCTION)
#undef FUNCTION
} OpenVINOTable;

/// Fills the table from an opened library. Returns the first symbol that it lacks, NULL if none.
const char *_Nullable openvino_fill_table(void *_Nonnull library, OpenVINOTable *_Nonnull);

/// A table of nothing, to be filled; no member may be called before.
OpenVINOTable *_Nonnull openvino_new_table(void);

#endif
