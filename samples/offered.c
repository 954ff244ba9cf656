/* offered PACK FILE DATE PLACE: what is offered, read through the C interface; a what-if as a fifth argument, FACT=VALUE. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <nextline/nextline.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: offered PACK FILE DATE PLACE [FACT=VALUE]\n");
        return 2;
    }
    const char *set[] = { argc > 5 ? argv[5] : NULL, NULL };
    nl_question question = { .as_of = argv[3], .jurisdiction = argv[4], .set = set };
    nl_error err = { 0 };
    nl_pack *pack = NULL;
    nl_worker *worker = NULL;
    nl_record *record;
    nl_plan *plan;
    bool made = nl_pack_open(argv[1], &pack, &err) == NL_OK && nl_worker_new(pack, NULL, &worker, &err) == NL_OK
             && nl_record_new(worker, &record, &err) == NL_OK && nl_record_add_file(record, argv[2], &err) == NL_OK
             && nl_record_close(record, NULL, &err) == NL_OK && nl_plan_make(record, &question, &plan, &err) == NL_OK;
    nl_item item;
    for (size_t i = 0; made && nl_plan_item(plan, NL_OFFERED, i, &item); i++) {
        nl_str when = item.applies.n ? item.applies : (nl_str){ "not known whether now", 21 };
        printf("%.*s (%.*s): %.*s\n  %.*s\n", (int)item.standing.n, item.standing.p, (int)when.n, when.p, (int)item.title.n, item.title.p,
               (int)item.text.n, item.text.p);
    }
    if (!made) {
        fprintf(stderr, "%s: %s\n", err.where, err.what);
    }
    nl_worker_free(worker);
    nl_pack_free(pack);
    return made ? 0 : 1;
}
