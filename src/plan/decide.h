/* decide.h -- which list an option stands in: truths in, a decision out. Gathers no reasons, so that what-ifs are cheap. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAN_DECIDE_H
#define PLAN_DECIDE_H

#include "chart/chart.h"
#include "cql/cql.h"
#include "pack/overlay.h"

typedef enum which_list { LIST_NONE, LIST_OFFERED, LIST_EXCLUDED, LIST_UNDETERMINED } which_list;   /* none: not of this disease */

typedef struct decision {
    uint8_t list;          /* which_list */
    uint8_t standing;      /* index into the guideline's standings; of an offered one */
    bool    check;         /* offered, with something to check first */
    bool    presumed;      /* it stands in this list because of a presumption */
    bool    open;          /* undetermined because it depends on how the course is read */
} decision;

typedef struct deciding {
    const guideline *g;
    const overlay   *overlay;    /* NULL: none */
    cql_run         *run;
    const chart     *chart;      /* its lines are those of the reading that stands */
    const drugs     *drugs;
    date             as_of;
    uint32_t         place;      /* index of the jurisdiction */
} deciding;

bool     is_in_force(const deciding *d, const condition *c);
bool     part_runs(const line_part *p);                               /* of a line that runs: not ended on its own */
/* The newest line for metastatic disease that runs; one of unknown setting may be such. NULL when there is none. */
const line_of_therapy *line_that_runs(const chart *c);
truth    condition_holds(const deciding *d, const condition *c);      /* the define's value, turned round where `is: no` */
/* Nothing to license, or licensed or in use that day in that place. */
bool     option_allowed(const deciding *d, const option *o);
const approval *approval_in_force(const deciding *d, const option *o);   /* NULL when there is none */
/* ---- local.c ---- a hospital's own rules, as they hold in the present state */
truth    local_holds(const deciding *d, const local_rule *r);
truth    locally_closed(const deciding *d, const option *o);
int      local_rank(const deciding *d, const option *o);              /* among options of one standing: -1 first, 1 last */

/* The row of standing that speaks. */
const standing *standing_row(const deciding *d, const option *o);
uint8_t  standing_of(const deciding *d, const option *o);             /* the row's, capped by true cautions */
decision decide_option(const deciding *d, const option *o);
void     decide_all(const deciding *d, decision *out);
/* What stands in the plan, given the decision as recorded and the one under the presumptions. */
decision decide_final(decision recorded, decision presumed);
/* ... given what stands under the main reading and under another. */
decision decide_across(decision main, decision other);

#endif
