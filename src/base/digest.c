/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <sys/types.h>

#include <sha2.h>   /* libmd */

void digest_of(str bytes, unsigned char out[DIGEST_BYTES])
{
    SHA2_CTX c;
    SHA256Init(&c);
    SHA256Update(&c, (const uint8_t *)bytes.p, bytes.n);
    SHA256Final(out, &c);
}

void digest_hex(const unsigned char digest[DIGEST_BYTES], char out[DIGEST_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[DIGEST_HEX] = '\0';
}
