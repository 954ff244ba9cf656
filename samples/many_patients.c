/* many_patients PACK DATE FILE...: one line for each patient; one worker, reset between them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/nextline.h>
#include <stdio.h>

static nl_status plan_of(nl_worker *worker, const char *file, const char *day, nl_plan **plan, nl_error *err)
{
    nl_record *record;
    nl_status s = nl_record_new(worker, &record, err);
    s = s == NL_OK ? nl_record_add_file(record, file, err) : s;
    s = s == NL_OK ? nl_record_close(record, NULL, err) : s;
    return s == NL_OK ? nl_plan_make(record, &(nl_question){ .as_of = day }, plan, err) : s;
}

int main(int argc, char **argv)
{
    nl_error err = { 0 };
    nl_pack *pack = NULL;
    nl_worker *worker = NULL;
    if (argc < 4 || nl_pack_open(argv[1], &pack, &err) != NL_OK || nl_worker_new(pack, NULL, &worker, &err) != NL_OK) {
        fprintf(stderr, "usage: many_patients PACK DATE FILE...  %s\n", err.what);
    }
    int failed = worker ? 0 : 1;
    for (int i = 3; worker && i < argc; i++) {
        nl_plan *plan;
        if (plan_of(worker, argv[i], argv[2], &plan, &err) == NL_OK) {
            printf("%s: %zu offered, %zu undetermined, %zu excluded, %zu alerts\n", argv[i], nl_plan_count(plan, NL_OFFERED),
                   nl_plan_count(plan, NL_UNDETERMINED), nl_plan_count(plan, NL_EXCLUDED), nl_plan_count(plan, NL_ALERT));
        } else {
            fprintf(stderr, "%s: %s\n", argv[i], err.what);
            failed = 1;
        }
        nl_worker_reset(worker);
    }
    nl_worker_free(worker);
    nl_pack_free(pack);
    return failed;
}
