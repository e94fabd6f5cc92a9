#include "COpenVINO.h"

#include <dlfcn.h>
#include <stdlib.h>

OpenVINOTable *openvino_new_table(void) {
  static OpenVINOTable none;
  OpenVINOTable *table = calloc(1, sizeof(OpenVINOTable));
  return table ? table : &none;
}

const char *openvino_fill_table(void *library, OpenVINOTable *table) {
#define FUNCTION(result, member, symbol, parameters)          \
  *(void **)&table->member = dlsym(library, #symbol);         \
  if (!table->member) return #symbol;
  OpenVINOFunctions(FUNCTION)
#undef FUNCTION
  return NULL;
}
