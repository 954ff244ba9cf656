/* The best answer of a line so far, and the same visits by iRECIST. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/response.h"

static uint32_t rank_of(const response_rules *r, str word)
{
    uint32_t i = 0;
    while (i < r->best_order.count && !str_eq(r->best_order.at[i], word)) {
        i++;
    }
    return i;
}

static int32_t day_of(const visit_result *r) { return date_days(r->visit->when); }

/* Stable disease counts only when it has lasted. */
static bool late_enough(const judge *j, int32_t start, const visit_result *r) { return day_of(r) - start >= (int32_t)j->rules->stable_days; }

static str alone(const judge *j, int32_t start, const visit_result *r)
{
    bool needs_time = str_is(r->overall, "sd") || str_is(r->overall, "non-cr-non-pd");
    return needs_time && !late_enough(j, start, r) ? STR("ne") : r->overall;
}

/* Once everything was gone, whatever is there again is growth: where confirmation is asked for, the first complete response was real. */
static bool after_complete(const visit_result *list, size_t i)
{
    bool met = false;
    for (size_t k = 1; k < i && !met; k++) {
        met = str_is(list[k].overall, "cr");
    }
    return met && !str_is(list[i].overall, "cr") && !str_is(list[i].overall, "ne");
}

/* The next visit far enough away that can be evaluated. Before a partial response only what keeps it counts as between. */
static str next_word(const judge *j, const visit_result *list, size_t i, size_t upto)
{
    uint32_t between = 0;
    for (size_t k = i + 1; k <= upto; k++) {
        bool far = day_of(&list[k]) - day_of(&list[i]) >= (int32_t)j->rules->confirm_days;
        bool same = str_eq(list[k].overall, list[i].overall) || str_is(list[k].overall, "cr");
        if (str_is(list[k].overall, "ne")) {
            if (++between > j->rules->confirm_between) {
                return STR("ne");
            }
        } else if (far || !same) {
            return str_is(list[k].overall, "non-cr-non-pd") ? STR("sd") : list[k].overall;
        }
    }
    return between > 0 ? STR("ne") : STR("none");
}

static str confirmed(const judge *j, int32_t start, const visit_result *list, size_t i, size_t upto)
{
    if (after_complete(list, i)) {
        return STR("pd");
    }
    const confirmation_cell *c = response_confirmation(j->rules, list[i].overall, next_word(j, list, i, upto));
    return !c ? alone(j, start, &list[i]) : late_enough(j, start, &list[i]) ? c->met : c->early;
}

void best_settle(const judge *j, const episode *e, visit_result *list, size_t count)
{
    int32_t start = e->line > 0 ? e->start : count > 0 ? day_of(&list[0]) : 0;
    size_t upto = 0;   /* what follows progression belongs to no best response */
    for (size_t v = 1; v < count; v++) {
        bool ended = v > 1 && str_is(list[upto].overall, "pd");
        upto = ended ? upto : v;
        str best = STR("");
        for (size_t i = 1; i <= upto; i++) {
            arena_step(j->a);
            str word = j->rules->confirm ? confirmed(j, start, list, i, upto) : alone(j, start, &list[i]);
            best = str_empty(best) || rank_of(j->rules, word) < rank_of(j->rules, best) ? word : best;
        }
        list[v].best = best;
    }
}

/* ---- iRECIST ---- */

static str with_i(const judge *j, str word) { return arena_printf(j->a, "i%.*s", STR_ARG(word)); }

/* Whether the visit shows more than the one that first showed progression. */
static bool grew_further(const judge *j, const visit_result *first, const visit_result *now)
{
    bool target = now->all_measured && first->all_measured && now->sum - first->sum >= j->rules->irecist_growth && str_is(now->target, "pd");
    bool non_target = str_is(now->non_target, "pd");
    bool measured_new = now->new_sum > 0 && now->new_sum - first->new_sum >= j->rules->irecist_growth;
    bool other_way = (str_is(now->target, "pd") && !str_is(first->target, "pd")) || (str_is(now->new_lesion, "yes") && !str_is(first->new_lesion, "yes"));
    return target || non_target || measured_new || now->new_seen_worse || now->new_count > first->new_count || other_way;
}

void irecist_judge(const judge *j, const visit_result *list, size_t count, str *words, reasons *why)
{
    const visit_result *open = NULL;   /* progression that waits for confirmation */
    bool settled = false;
    for (size_t i = 1; i < count; i++) {
        const visit_result *r = &list[i];
        bool pd = str_is(r->overall, "pd");
        if (settled) {
            words[i] = STR("");
        } else if (!pd) {
            words[i] = with_i(j, r->overall);
            open = str_is(r->overall, "ne") ? open : NULL;   /* the bar is set anew */
        } else if (!open) {
            words[i] = STR("iupd");
            open = r;
            reason_add(&why[i], STR("needs-confirmation"));
        } else if (day_of(r) - day_of(open) < (int32_t)j->rules->irecist_days) {
            words[i] = STR("iupd");
            reason_add(&why[i], STR("too-soon-to-confirm"));
        } else if (grew_further(j, open, r)) {
            words[i] = STR("icpd");
            settled = true;
            reason_add(&why[i], STR("confirmed"));
        } else {
            words[i] = STR("iupd");
            reason_add(&why[i], STR("needs-confirmation"));
        }
    }
}
