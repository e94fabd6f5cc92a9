#ifndef SLIPWAY_CMALLOC_SHIM_H
#define SLIPWAY_CMALLOC_SHIM_H

/* glibc's own, which its Swift module leaves out. */
#include <malloc.h>

#endif
