/* Tries to get out of a sandbox. Preloaded into a process (LD_PRELOAD), it waits until the process has
 * filtered its system calls, then tries everything that must be refused, on that thread and on a new one,
 * and writes a line for each attempt to standard error: `escape NAME: refused` or `escape NAME: DONE`.
 * ESCAPE_FILE names a file that must not be read, ESCAPE_FOLDER a folder in which none must be made. */
#ifndef SLIPWAY_ESCAPES_H
#define SLIPWAY_ESCAPES_H
#endif
