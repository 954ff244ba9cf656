/* Why one option stands where it does: each criterion of its rule, the clauses of CQL below it, and the facts below those. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "report/basis_json.h"
#include "report/report.h"
#include "report/wording.h"

/* ---- JSON ---- */

static const char *kind_name(cql_clause_kind k)
{
    static const char *const names[] = { "define", "and", "or", "not", "leaf" };
    CHECK((size_t)k < sizeof names / sizeof *names);
    return names[k];
}

static json *clause_json(builder *b, const cql_clause *c)
{
    arena_enter(b->a);
    json *o = json_new(b->a, JSON_OBJECT);
    json_put(o, "kind", text_json(b, str_of(kind_name(c->kind))));
    json_put(o, "name", text_or_null(b, c->name));
    json_put(o, "library", text_json(b, c->library));
    json_put(o, "file", text_json(b, c->file));
    json_put(o, "line", json_integer(b->a, c->line));
    json_put(o, "column", json_integer(b->a, c->column));
    json_put(o, "text", text_json(b, c->text));
    json_put(o, "value", truth_json(b, c->value));
    json_put(o, "decided", json_boolean(b->a, c->decided));
    json *facts = json_put(o, "facts", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < c->fact_count; i++) {
        json_push(facts, text_json(b, json_get_text(c->facts[i], "id")));
    }
    json *reads = json_put(o, "reads", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < c->read_count; i++) {
        json *one = json_push(reads, json_new(b->a, JSON_OBJECT));
        json_put(one, "type", text_json(b, c->reads[i]->type));
        json_put(one, "code", text_or_null(b, c->reads[i]->code));
    }
    json *children = json_put(o, "children", json_new(b->a, JSON_ARRAY));
    for (uint32_t i = 0; i < c->child_count; i++) {
        json_push(children, clause_json(b, &c->children[i]));
    }
    arena_exit(b->a);
    return o;
}

json *report_explain_json(arena *a, const plan *p, const explanation *x)
{
    builder build = builder_make(a, p), *b = &build;
    json *o = json_new(a, JSON_OBJECT);
    json_put(o, "patient", text_json(b, p->patient_id));
    json_put(o, "as_of", date_or_null(b, p->as_of));
    json_put(o, "jurisdiction", text_json(b, p->jurisdiction));
    json *of = json_put(o, "option", json_new(a, JSON_OBJECT));
    json_put(of, "id", text_json(b, x->option->id));
    json_put(of, "regimen", text_json(b, x->option->regimen));
    json_put(of, "file", text_json(b, x->option->at.file));
    json_put(of, "line", json_integer(a, x->option->at.line));
    json_put(o, "list", text_json(b, x->list));
    json *criteria = json_put(o, "criteria", json_new(a, JSON_ARRAY));
    for (uint32_t i = 0; i < x->criterion_count; i++) {
        json *one = json_push(criteria, criterion_json(b, &x->criteria[i]));
        json_put(one, "tree", x->criteria[i].why ? clause_json(b, x->criteria[i].why) : json_new(a, JSON_NULL));
    }
    return o;
}

/* ---- text ---- */

typedef struct text_view {
    page            *out;
    arena           *a;
    const criterion *criterion;
} text_view;

enum { INDENT_MOST = 28 };   /* deeper clauses stay at this column, so that the text keeps room */

static uint32_t column_of(uint32_t depth)
{
    uint32_t column = 2 + 2 * depth;
    return column > INDENT_MOST ? INDENT_MOST : column;
}

static str mark_of(truth t) { return t == TRUTH_TRUE ? STR("[true]") : t == TRUTH_FALSE ? STR("[false]") : STR("[unknown]"); }
static ink ink_of(truth t) { return t == TRUTH_TRUE ? INK_GREEN : t == TRUTH_FALSE ? INK_RED : INK_YELLOW; }

static void print_fact(text_view *v, uint32_t column, const fact *f)
{
    str when = words_date(v->a, f->when);
    str text = arena_printf(v->a, "%.*s: %.*s, %.*s%s", STR_ARG(f->label), STR_ARG(f->value), STR_ARG(when),
                            f->set ? ", set and not recorded" : "");
    page_item(v->out, column, column + 4, STR("="), INK_DIM, text);
    for (uint32_t i = 0; i < f->source_count; i++) {
        const fact_source *s = &f->sources[i];
        str input = words_input(s->input);
        str line = s->line ? arena_printf(v->a, " line %u", s->line) : STR("");
        page_item(v->out, column + 2, column + 4, STR("from"), INK_DIM,
                  arena_printf(v->a, "%.*s%.*s#%.*s", STR_ARG(input), STR_ARG(line), STR_ARG(s->pointer)));
    }
}

static const fact *fact_of(const criterion *c, str id)
{
    for (uint32_t i = 0; !str_empty(id) && i < c->fact_count; i++) {
        if (str_eq(c->facts[i]->derived_id, id)) {
            return c->facts[i];
        }
    }
    return NULL;
}

static void print_leaf(text_view *v, uint32_t column, const cql_clause *c)
{
    for (uint32_t i = 0; i < c->fact_count; i++) {
        const fact *f = fact_of(v->criterion, json_get_text(c->facts[i], "id"));
        if (f) {
            print_fact(v, column, f);
        }
    }
    for (uint32_t i = 0; c->fact_count == 0 && i < c->read_count; i++) {
        if (!str_empty(c->reads[i]->code)) {
            page_item(v->out, column, column + 4, STR("="), INK_DIM, arena_printf(v->a, "%.*s: not recorded", STR_ARG(c->reads[i]->code)));
        }
    }
}

static void print_clause(text_view *v, uint32_t depth, const cql_clause *c)
{
    arena_enter(v->a);
    uint32_t column = column_of(depth);
    str what = c->kind == CQL_CLAUSE_DEFINE ? arena_printf(v->a, "%.*s.\"%.*s\"", STR_ARG(c->library), STR_ARG(c->name))
             : c->kind == CQL_CLAUSE_AND ? STR("all of")
             : c->kind == CQL_CLAUSE_OR ? STR("any of")
             : c->kind == CQL_CLAUSE_NOT ? STR("not")
             : str_empty(c->text) ? STR("clause") : c->text;
    str line = arena_printf(v->a, "%.*s (%.*s:%u%s)", STR_ARG(what), STR_ARG(c->file), c->line,
                            c->decided || depth == 1 ? "" : ", did not decide");
    page_item(v->out, column, column + 4, mark_of(c->value), ink_of(c->value), line);
    for (uint32_t i = 0; i < c->child_count; i++) {
        print_clause(v, depth + 1, &c->children[i]);
    }
    if (c->child_count == 0) {
        print_leaf(v, column_of(depth + 1), c);
    }
    arena_exit(v->a);
}

static void print_criterion(text_view *v, const criterion *c)
{
    v->criterion = c;
    str name = arena_printf(v->a, "%s: %.*s (%.*s:%u)", role_name(c->role), STR_ARG(c->name), STR_ARG(c->file), c->line);
    page_blank(v->out);
    page_item(v->out, 0, 4, mark_of(c->value), ink_of(c->value), name);
    if (!str_empty(c->say)) {
        page_item(v->out, 4, 4, STR(""), INK_PLAIN, c->say);
    }
    str wanted = c->wanted == TRUTH_TRUE ? STR("true") : c->wanted == TRUTH_FALSE ? STR("false") : STR("unknown");
    if (c->value != c->wanted || c->role == ROLE_RULES_OUT || c->role == ROLE_CAUTION) {
        page_item(v->out, 4, 4, STR("speaks when:"), INK_DIM, wanted);
    }
    if (c->presumed) {
        page_item(v->out, 4, 4, STR("presumed:"), INK_YELLOW, STR("has that value only under a presumption of the plan"));
    }
    if (c->why) {
        print_clause(v, 1, c->why);
        return;
    }
    for (uint32_t i = 0; i < c->fact_count; i++) {
        print_fact(v, 4, c->facts[i]);
    }
}

void report_explain_text(page *out, const plan *p, const explanation *x)
{
    text_view view = { .out = out, .a = words_arena(p) }, *v = &view;
    page_item(out, 0, 2, arena_printf(v->a, "%.*s:", STR_ARG(p->patient_id)), INK_BOLD, words_patient(v->a, p));
    page_blank(out);
    page_item(out, 0, 2, x->option->id, INK_BOLD, arena_printf(v->a, "%.*s (%.*s:%u)", STR_ARG(x->option->regimen),
                                                              STR_ARG(x->option->at.file), x->option->at.line));
    page_item(out, 2, 4, STR("stands in:"), INK_PLAIN, x->list);
    for (uint32_t i = 0; i < x->criterion_count; i++) {
        print_criterion(v, &x->criteria[i]);
    }
}
