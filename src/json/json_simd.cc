/* The one C++ file: simdjson's first stage behind json_scan.h. Its second stage and its On-Demand front are not used, because
 * both hand out values one call at a time with C++ state alive between the calls; the positions alone let C keep the digits
 * of numbers, give exact places in errors, and build the tree in an arena. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json_scan.h"

#include <memory>
#include <simdjson.h>

namespace {

using stage = simdjson::internal::dom_parser_implementation;

json_scan_result result_of(simdjson::error_code e) noexcept
{
    switch (e) {
    case simdjson::SUCCESS: return JSON_SCAN_OK;
    case simdjson::EMPTY: return JSON_SCAN_EMPTY;
    case simdjson::UTF8_ERROR: return JSON_SCAN_NOT_UTF8;
    case simdjson::UNESCAPED_CHARS: return JSON_SCAN_CONTROL_BYTE;
    case simdjson::UNCLOSED_STRING: return JSON_SCAN_OPEN_STRING;
    case simdjson::CAPACITY: return JSON_SCAN_TOO_LARGE;
    case simdjson::MEMALLOC: return JSON_SCAN_NO_MEMORY;
    default: return JSON_SCAN_FAILED;
    }
}

}

extern "C" json_scan_result json_scan_new(const char *bytes, size_t n, json_scan *out)
{
    *out = json_scan{nullptr, 0, nullptr};
    if (n > 0xFFFFFF00u) {
        return JSON_SCAN_TOO_LARGE;
    }
    if (n == 0) {
        return JSON_SCAN_EMPTY;
    }
    std::unique_ptr<stage> made;
    simdjson::error_code e = simdjson::get_active_implementation()->create_dom_parser_implementation(n, 1, made);
    if (e != simdjson::SUCCESS) {
        return JSON_SCAN_NO_MEMORY;
    }
    e = made->stage1(reinterpret_cast<const uint8_t *>(bytes), n, simdjson::stage1_mode::regular);
    out->at = made->structural_indexes.get();
    out->count = made->n_structural_indexes;
    out->handle = made.release();
    return result_of(e);
}

extern "C" void json_scan_free(json_scan *s)
{
    delete static_cast<stage *>(s->handle);
    *s = json_scan{nullptr, 0, nullptr};
}
