/* types.h -- the few types every public header shares. C99 and C++ compatible; no memory is owned here. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NEXTLINE_TYPES_H
#define NEXTLINE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
# define NL_API  __attribute__((visibility("default")))
# define NL_MUST __attribute__((warn_unused_result))
#else
# define NL_API
# define NL_MUST
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong, by who can mend it. */
typedef enum nl_status {
    NL_OK = 0,
    NL_E_ARG,         /* the caller broke the contract                                       */
    NL_E_IO,          /* a file could not be opened, read or written                         */
    NL_E_SYNTAX,      /* the bytes are not JSON, YAML, ELM or a knowledge pack               */
    NL_E_MODEL,       /* well formed, but not FHIR as we read it, or not one patient         */
    NL_E_LOGIC,       /* the knowledge itself is wrong: a broken reference, an unknown node  */
    NL_E_LIMIT,       /* memory, depth, size, steps or time ran out                          */
    NL_E_UNSUPPORTED  /* a known feature that is not built                                   */
} nl_status;

/* Filled when a call does not return NL_OK; untouched otherwise. Holds no patient data but, where one must be chosen, the ids of Patients. */
typedef struct nl_error {
    nl_status code;
    uint32_t  line, column;   /* 1-based; 0 when unknown                   */
    char      where[160];     /* file, JSON Pointer or CQL locator         */
    char      what[352];      /* one sentence                              */
} nl_error;

NL_API const char *nl_status_name(nl_status s);

/* Borrowed UTF-8 text: not NUL-ended, never NULL when n > 0. */
typedef struct nl_str {
    const char *p;
    size_t      n;
} nl_str;

/* What one patient may cost. A zero means the default in brackets. Passing a limit ends the call with NL_E_LIMIT. */
typedef struct nl_limits {
    size_t   memory_bytes;   /* held for one patient [1 GiB]                 */
    uint32_t depth_max;      /* nesting of data and of expressions [200]     */
    uint64_t steps_max;      /* evaluation steps [200 million]               */
    size_t   input_bytes;    /* one input, after decompression [256 MiB]     */
} nl_limits;

/* Receives the output in pieces, in order. n > 0. Anything but NL_OK ends the writing and is returned. */
typedef nl_status nl_write_fn(void *to, const char *bytes, size_t n);

#ifdef __cplusplus
}
#endif
#endif
