/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/knowledge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

static bool copy(char path[KNOWLEDGE_PATH], const char *from)
{
    int n = snprintf(path, KNOWLEDGE_PATH, "%s", from);
    return n > 0 && n < KNOWLEDGE_PATH;
}

bool knowledge_find(const char *named, char path[KNOWLEDGE_PATH])
{
    const char *told = named ? named : getenv("NEXTLINE_PACK");
    if (told && *told) {
        return copy(path, told);   /* what is named must be it: no other is tried */
    }
    char program[KNOWLEDGE_PATH];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    path[0] = '\0';
    if (n <= 0) {
        return false;
    }
    program[n] = '\0';
    char *slash = strrchr(program, '/');
    if (slash) {
        *slash = '\0';
    }
    static const char *const places[] = { "nextline.pack", "../share/nextline/nextline.pack" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int length = snprintf(path, KNOWLEDGE_PATH, "%s/%s", program, places[i]);
        if (length > 0 && length < KNOWLEDGE_PATH && file_exists(path)) {
            return true;
        }
    }
    path[0] = '\0';
    return false;
}

nl_status knowledge_open(const char *named, nl_pack **out, nl_error *err)
{
    char path[KNOWLEDGE_PATH];
    if (!knowledge_find(named, path)) {
        return fail(err, NL_E_IO, "knowledge", "no nextline.pack was found beside the program or in ../share/nextline; --pack names one");
    }
    return nl_pack_open(path, out, err);
}
