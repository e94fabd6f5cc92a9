// Compiles the header's assertions about the table's layout; there is no code.
#include "COnnxRuntime.h"
