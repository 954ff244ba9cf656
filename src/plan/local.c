/* What a hospital's own rules say of an option: shown as local wherever it stands. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/work.h"

truth local_holds(const deciding *d, const local_rule *r)
{
    if (!is_in_force(d, &r->when)) {
        return TRUTH_FALSE;
    }
    return r->always ? TRUTH_TRUE : condition_holds(d, &r->when);
}

truth locally_closed(const deciding *d, const option *o)
{
    truth closed = TRUTH_FALSE;
    for (uint32_t i = 0; d->overlay && i < d->overlay->rule_count; i++) {
        const local_rule *r = &d->overlay->rules[i];
        if (r->does == LOCAL_CLOSE && local_rule_is_for(r, o)) {
            truth t = local_holds(d, r);
            closed = t == TRUTH_TRUE || closed == TRUTH_TRUE ? TRUTH_TRUE : t == TRUTH_UNKNOWN ? t : closed;
        }
    }
    return closed;
}

int local_rank(const deciding *d, const option *o)
{
    for (uint32_t i = 0; d->overlay && i < d->overlay->rule_count; i++) {
        const local_rule *r = &d->overlay->rules[i];
        if ((r->does == LOCAL_FIRST || r->does == LOCAL_LAST) && local_rule_is_for(r, o) && local_holds(d, r) == TRUTH_TRUE) {
            return r->does == LOCAL_FIRST ? -1 : 1;
        }
    }
    return 0;
}

criterion local_criterion(work *w, const local_rule *r)
{
    if (!r->always) {
        return criterion_of(w, ROLE_LOCAL, &r->when, r->say);
    }
    return (criterion){ .role = ROLE_LOCAL, .name = w->pack->overlay->name, .value = TRUTH_TRUE, .wanted = TRUTH_TRUE, .say = r->say,
                        .file = r->when.at.file, .line = r->when.at.line };
}

str local_words(work *w, const local_rule *r)
{
    static const char *const what[] = { "closed here", "local note", "stands first here", "stands last here" };
    return arena_printf(w->a, "%s (%.*s): %.*s", what[r->does], STR_ARG(w->pack->overlay->name), STR_ARG(r->say));
}
