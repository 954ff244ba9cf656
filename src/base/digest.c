/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <nettle/sha2.h>

void digest_of(str bytes, unsigned char out[DIGEST_BYTES])
{
    struct sha256_ctx c;
    sha256_init(&c);
    sha256_update(&c, bytes.n, (const uint8_t *)bytes.p);
    sha256_digest(&c, DIGEST_BYTES, out);
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
