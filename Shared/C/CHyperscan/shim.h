#include <hs.h>
#include <stdlib.h>
