/* banned.h -- put in front of every file of ours by the build: what must not be called does not compile. CONTRIBUTING.md says why.
 * (A call of system is left to tools/tidy: poisoning the word would also forbid the name of a code system.) */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atof gmtime localtime asctime ctime setlocale rand popen
#endif
