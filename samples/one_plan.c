/* one_plan PACK FILE DATE: the plan for one patient, as JSON, in the fewest steps. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/nextline.h>
#include <stdio.h>

static nl_status to_file(void *to, const char *bytes, size_t n) { return fwrite(bytes, 1, n, to) == n ? NL_OK : NL_E_IO; }

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: one_plan PACK FILE DATE\n");
        return 2;
    }
    nl_error err = { 0 };
    nl_pack *pack = NULL;
    nl_worker *worker = NULL;
    nl_record *record;
    nl_plan *plan;
    nl_question question = { .as_of = argv[3] };
    bool made = nl_pack_open(argv[1], &pack, &err) == NL_OK && nl_worker_new(pack, NULL, &worker, &err) == NL_OK
             && nl_record_new(worker, &record, &err) == NL_OK && nl_record_add_file(record, argv[2], &err) == NL_OK
             && nl_record_close(record, NULL, &err) == NL_OK && nl_plan_make(record, &question, &plan, &err) == NL_OK
             && nl_plan_write(plan, NL_PLAN_JSON, NULL, to_file, stdout, &err) == NL_OK;
    if (!made) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    nl_worker_free(worker);
    nl_pack_free(pack);
    return made ? 0 : 1;
}
