/// The part of ONNX Runtime's C table that Slipway uses, declared by us from the facts of its ABI.
///
/// The table is an append-only struct of function pointers: a slot's number never changes. The
/// library is opened with `dlopen`, so that no header of it is needed and no symbol version ties
/// the binary to one release. Slots are asked for as `OnnxRuntimeAPIVersion`; all of them return a
/// status (NULL is success, else the caller releases it) unless they release or only look.
///
/// Handles are opaque. They have a member each only so that Swift tells their pointers apart.
#ifndef SLIPWAY_C_ONNX_RUNTIME_H
#define SLIPWAY_C_ONNX_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct OnnxStatus { char opaque; } OnnxStatus;
typedef struct OnnxEnvironment { char opaque; } OnnxEnvironment;
typedef struct OnnxSession { char opaque; } OnnxSession;
typedef struct OnnxSessionOptions { char opaque; } OnnxSessionOptions;
typedef struct OnnxRunOptions { char opaque; } OnnxRunOptions;
typedef struct OnnxValue { char opaque; } OnnxValue;
typedef struct OnnxTypeInfo { char opaque; } OnnxTypeInfo;
typedef struct OnnxTensorShape { char opaque; } OnnxTensorShape;
typedef struct OnnxMapType { char opaque; } OnnxMapType;
typedef struct OnnxSequenceType { char opaque; } OnnxSequenceType;
typedef struct OnnxOptionalType { char opaque; } OnnxOptionalType;
typedef struct OnnxMemoryInfo { char opaque; } OnnxMemoryInfo;
typedef struct OnnxAllocator { char opaque; } OnnxAllocator;

/// Called by the library with each log line, from any thread; the strings live for the call only.
typedef void (*OnnxLogFunction)(
    void *_Nullable context, int32_t level, const char *_Nullable category,
    const char *_Nullable identifier, const char *_Nullable location, const char *_Nullable text);

/// The lowest API version that has every slot below but `tensorShapeIsKnown`: release 1.23.
static const uint32_t OnnxRuntimeAPIVersion = 23;

/// The first minor release whose table has `tensorShapeIsKnown`.
static const int OnnxRuntimeMinorWithShapeIsKnown = 24;

/// `unused(first, next)` covers the slots from `first` up to but not including `next`.
#define unused(first, next) void *_Nullable unused##first[(next) - (first)]
#define status(name) OnnxStatus *_Nullable (*_Nonnull name)
#define release(name, type) void (*_Nonnull name)(type *_Nullable)

typedef struct OnnxRuntimeTable {
  unused(0, 1);
  int32_t (*_Nonnull errorCode)(const OnnxStatus *_Nonnull);
  const char *_Nonnull (*_Nonnull errorMessage)(const OnnxStatus *_Nonnull);
  unused(3, 4);
  status(createEnvironment)(
      OnnxLogFunction _Nonnull, void *_Nullable context, int32_t level,
      const char *_Nonnull identifier, OnnxEnvironment *_Nullable *_Nonnull);
  unused(5, 7);
  status(createSession)(
      const OnnxEnvironment *_Nonnull, const char *_Nonnull path,
      const OnnxSessionOptions *_Nonnull, OnnxSession *_Nullable *_Nonnull);
  unused(8, 9);
  status(run)(
      OnnxSession *_Nonnull, const OnnxRunOptions *_Nullable,
      const char *_Nullable const *_Nullable inputNames,
      const OnnxValue *_Nullable const *_Nullable inputs, size_t inputCount,
      const char *_Nullable const *_Nonnull outputNames, size_t outputCount,
      OnnxValue *_Nullable *_Nonnull outputs);
  status(createSessionOptions)(OnnxSessionOptions *_Nullable *_Nonnull);
  unused(11, 19);
  status(disableCPUMemoryArena)(OnnxSessionOptions *_Nonnull);
  unused(20, 24);
  status(setIntraOpThreads)(OnnxSessionOptions *_Nonnull, int32_t);
  status(setInterOpThreads)(OnnxSessionOptions *_Nonnull, int32_t);
  unused(26, 30);
  status(inputCount)(const OnnxSession *_Nonnull, size_t *_Nonnull);
  status(outputCount)(const OnnxSession *_Nonnull, size_t *_Nonnull);
  unused(32, 33);
  status(inputType)(const OnnxSession *_Nonnull, size_t, OnnxTypeInfo *_Nullable *_Nonnull);
  status(outputType)(const OnnxSession *_Nonnull, size_t, OnnxTypeInfo *_Nullable *_Nonnull);
  unused(35, 36);
  status(inputName)(
      const OnnxSession *_Nonnull, size_t, OnnxAllocator *_Nonnull, char *_Nullable *_Nonnull);
  status(outputName)(
      const OnnxSession *_Nonnull, size_t, OnnxAllocator *_Nonnull, char *_Nullable *_Nonnull);
  unused(38, 39);
  status(createRunOptions)(OnnxRunOptions *_Nullable *_Nonnull);
  unused(40, 46);
  status(setTerminate)(OnnxRunOptions *_Nonnull);
  unused(47, 48);
  status(createTensor)(
      OnnxAllocator *_Nonnull, const int64_t *_Nullable shape, size_t rank, int32_t elementType,
      OnnxValue *_Nullable *_Nonnull);
  /// Wraps memory that must outlive the value; never with the string element type.
  status(createTensorOverMemory)(
      const OnnxMemoryInfo *_Nonnull, void *_Nonnull, size_t byteCount,
      const int64_t *_Nullable shape, size_t rank, int32_t elementType,
      OnnxValue *_Nullable *_Nonnull);
  unused(50, 51);
  status(tensorMemory)(OnnxValue *_Nonnull, void *_Nullable *_Nonnull);
  unused(52, 53);
  status(stringsByteCount)(const OnnxValue *_Nonnull, size_t *_Nonnull);
  status(stringsContent)(
      const OnnxValue *_Nonnull, void *_Nonnull, size_t byteCount, size_t *_Nonnull offsets,
      size_t count);
  /// The shape is borrowed from the type; NULL if the type is not a tensor.
  status(tensorTypeOf)(const OnnxTypeInfo *_Nonnull, const OnnxTensorShape *_Nullable *_Nonnull);
  status(kindOf)(const OnnxTypeInfo *_Nonnull, int32_t *_Nonnull);
  unused(57, 60);
  status(elementType)(const OnnxTensorShape *_Nonnull, int32_t *_Nonnull);
  status(rank)(const OnnxTensorShape *_Nonnull, size_t *_Nonnull);
  status(dimensions)(const OnnxTensorShape *_Nonnull, int64_t *_Nonnull, size_t);
  /// The names are borrowed from the shape; "" for a dimension without one.
  status(dimensionNames)(
      const OnnxTensorShape *_Nonnull, const char *_Nullable *_Nonnull, size_t);
  status(elementCount)(const OnnxTensorShape *_Nonnull, size_t *_Nonnull);
  status(tensorShape)(const OnnxValue *_Nonnull, OnnxTensorShape *_Nullable *_Nonnull);
  unused(66, 67);
  status(valueKind)(const OnnxValue *_Nonnull, int32_t *_Nonnull);
  unused(68, 69);
  status(createCPUMemoryInfo)(
      int32_t allocatorKind, int32_t memoryKind, OnnxMemoryInfo *_Nullable *_Nonnull);
  unused(70, 76);
  status(allocatorFree)(OnnxAllocator *_Nonnull, void *_Nullable);
  unused(77, 78);
  /// The allocator is borrowed from the library.
  status(defaultAllocator)(OnnxAllocator *_Nullable *_Nonnull);
  unused(79, 80);
  /// Of a sequence its element; of a map its keys (0) and values (1). Made anew.
  status(element)(
      const OnnxValue *_Nonnull, int32_t index, OnnxAllocator *_Nonnull,
      OnnxValue *_Nullable *_Nonnull);
  status(valueCount)(const OnnxValue *_Nonnull, size_t *_Nonnull);
  /// A sequence of values, or a map of two tensors; it keeps what it is made of.
  status(createValue)(
      const OnnxValue *_Nullable const *_Nonnull, size_t, int32_t kind,
      OnnxValue *_Nullable *_Nonnull);
  unused(83, 92);
  release(releaseEnvironment, OnnxEnvironment);
  release(releaseStatus, OnnxStatus);
  release(releaseMemoryInfo, OnnxMemoryInfo);
  release(releaseSession, OnnxSession);
  release(releaseValue, OnnxValue);
  release(releaseRunOptions, OnnxRunOptions);
  release(releaseTypeInfo, OnnxTypeInfo);
  release(releaseTensorShape, OnnxTensorShape);
  release(releaseSessionOptions, OnnxSessionOptions);
  unused(101, 103);
  status(mapTypeOf)(const OnnxTypeInfo *_Nonnull, const OnnxMapType *_Nullable *_Nonnull);
  status(sequenceTypeOf)(const OnnxTypeInfo *_Nonnull, const OnnxSequenceType *_Nullable *_Nonnull);
  status(mapKeyType)(const OnnxMapType *_Nonnull, int32_t *_Nonnull);
  status(mapValueType)(const OnnxMapType *_Nonnull, OnnxTypeInfo *_Nullable *_Nonnull);
  status(sequenceElementType)(const OnnxSequenceType *_Nonnull, OnnxTypeInfo *_Nullable *_Nonnull);
  unused(108, 130);
  status(addSessionSetting)(
      OnnxSessionOptions *_Nonnull, const char *_Nonnull key, const char *_Nonnull value);
  unused(131, 250);
  status(optionalTypeOf)(const OnnxTypeInfo *_Nonnull, const OnnxOptionalType *_Nullable *_Nonnull);
  status(optionalContainedType)(
      const OnnxOptionalType *_Nonnull, OnnxTypeInfo *_Nullable *_Nonnull);
  /// The buffer is the element's own memory of exactly that many bytes, owned by the value.
  status(resizedStringElement)(
      OnnxValue *_Nonnull, size_t index, size_t byteCount, char *_Nullable *_Nonnull);
  unused(253, 390);
  /// Whether the model gives a shape at all; NULL rank and rank 0 look alike otherwise.
  bool (*_Nonnull tensorShapeIsKnown)(const OnnxTensorShape *_Nonnull);
} OnnxRuntimeTable;

#undef unused
#undef status
#undef release

/// What the exported symbol `OrtGetApiBase` returns.
typedef struct OnnxRuntimeBase {
  const OnnxRuntimeTable *_Nullable (*_Nonnull table)(uint32_t version);
  const char *_Nonnull (*_Nonnull version)(void);
} OnnxRuntimeBase;

typedef const OnnxRuntimeBase *_Nullable (*OnnxRuntimeEntry)(void);

#define slot(number, name)                                                     \
  _Static_assert(offsetof(OnnxRuntimeTable, name) == (number) * sizeof(void *), \
                 #name " is slot " #number)
slot(1, errorCode);
slot(2, errorMessage);
slot(4, createEnvironment);
slot(7, createSession);
slot(9, run);
slot(10, createSessionOptions);
slot(19, disableCPUMemoryArena);
slot(25, setInterOpThreads);
slot(30, inputCount);
slot(34, outputType);
slot(37, outputName);
slot(39, createRunOptions);
slot(46, setTerminate);
slot(49, createTensorOverMemory);
slot(51, tensorMemory);
slot(54, stringsContent);
slot(56, kindOf);
slot(60, elementType);
slot(65, tensorShape);
slot(67, valueKind);
slot(69, createCPUMemoryInfo);
slot(76, allocatorFree);
slot(78, defaultAllocator);
slot(82, createValue);
slot(92, releaseEnvironment);
slot(96, releaseValue);
slot(100, releaseSessionOptions);
slot(107, sequenceElementType);
slot(130, addSessionSetting);
slot(251, optionalContainedType);
slot(252, resizedStringElement);
slot(390, tensorShapeIsKnown);
#undef slot

#endif
