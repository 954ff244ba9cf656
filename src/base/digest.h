/* digest.h -- SHA-256, as 64 lower-case hexadecimal digits. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX = 64 };
void digest_of(str bytes, unsigned char out[DIGEST_BYTES]);
void digest_hex(const unsigned char digest[DIGEST_BYTES], char out[DIGEST_HEX + 1]);   /* NUL-ended */

#endif
