/* Whether the choice of an option arises now. Asked as recorded, in the main reading; where readings of the course differ, nobody knows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

str applies_word(applies x)
{
    return x == APPLIES_NOW ? STR("now") : x == APPLIES_ON_CHANGE ? STR("on-change") : STR("");
}

truth change_needed(work *w)
{
    bool known = truth_spoken(w, &w->g->metastatic) == TRUTH_TRUE && !readings_differ(w, w->g->change_needed.define);
    return known ? truth_spoken(w, &w->g->change_needed) : TRUTH_UNKNOWN;
}

/* An option to go on with what is given stands: nothing that is recorded bars its drugs, and every reading of the course agrees. */
static bool may_go_on(const work *w)
{
    bool may = false;
    for (uint32_t i = 0; i < w->g->option_count; i++) {
        may = may || (w->g->options[i].drugs_from == DRUGS_RUNNING && w->final[i].list == LIST_OFFERED);
    }
    return may;
}

/* A line that has not grown and yet may not go on as it is, is not known to stay: its drugs may be held or ended. */
applies applies_of(work *w, const option *o)
{
    if (truth_spoken(w, &w->g->metastatic) != TRUTH_TRUE) {
        return APPLIES_UNKNOWN;
    }
    truth change = w->plan.change_needed;
    switch ((option_for)o->is_for) {
    case FOR_ANY_TIME: return APPLIES_NOW;
    case FOR_PRESENT_LINE: return change == TRUTH_FALSE ? APPLIES_NOW : APPLIES_UNKNOWN;
    case FOR_NEXT_LINE: break;
    }
    return change == TRUTH_TRUE ? APPLIES_NOW : change == TRUTH_FALSE && may_go_on(w) ? APPLIES_ON_CHANGE : APPLIES_UNKNOWN;
}
