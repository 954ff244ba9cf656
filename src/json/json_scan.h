/* json_scan.h -- the first pass over JSON text: where every token starts, found 64 bytes at a time.
 * This is all that the one C++ file gives to C. The positions belong to the scan until json_scan_free; no C++ frame is
 * alive once json_scan_new has returned, so the C side may leave through a guard and free the scan after it. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_JSON_SCAN_H
#define JSON_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum json_scan_result {
    JSON_SCAN_OK,
    JSON_SCAN_EMPTY,          /* nothing but white space               */
    JSON_SCAN_NOT_UTF8,
    JSON_SCAN_CONTROL_BYTE,   /* an unescaped control byte in a string */
    JSON_SCAN_OPEN_STRING,    /* a string has no end                   */
    JSON_SCAN_TOO_LARGE,
    JSON_SCAN_NO_MEMORY,
    JSON_SCAN_FAILED
} json_scan_result;

/* Token starts: each of { } [ ] : , the opening quote of each string, the first byte of anything else. */
typedef struct json_scan {
    const uint32_t *at;
    uint32_t        count;
    void           *handle;
} json_scan;

json_scan_result json_scan_new(const char *bytes, size_t n, json_scan *out);
void             json_scan_free(json_scan *s);   /* also after a result that is not JSON_SCAN_OK */

#ifdef __cplusplus
}
#endif
#endif
