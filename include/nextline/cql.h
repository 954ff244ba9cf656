/* cql.h -- the CQL engine alone: ELM linked once, then evaluated for one patient at a time. It knows no medicine.
 *
 *     nl_cql_program *p;  nl_cql_link(libraries, count, &p, &err);                  once per process
 *     nl_cql_run *r;      nl_cql_run_new(p, NULL, &r, &err);                        memory and limits, one per thread
 *     nl_cql_begin(r, "2026-01-15T00:00:00.000+00:00", &err);                       one patient, one moment
 *     nl_cql_add(r, "a.json", bytes, n, &err);                                      FHIR R4, any number of inputs; or none
 *     nl_cql_value(r, "Main", "InDemographic", write, to, &err);                    canonical JSON
 *     nl_cql_put(r, resource, n, &err);                                             new data: what can read it is asked again
 *     nl_cql_begin(...);                                                            next patient
 *
 * Values as JSON: null, true, 1.5, "s", [...], {"Long":"5"}, {"Date":"2012-01"}, {"DateTime":"2012-01-01T00:00:00.000+00:00"},
 *   {"Time":"10:00"}, {"Quantity":[5,"mg"]}, {"Ratio":[q,q]}, {"Interval":["[",low,high,")"]}, {"Code":{...}}, {"Concept":{...}},
 *   {"Tuple":{...}}, {"Uncertainty":[low,high]}, {"FHIR":"Observation/id"} for a resource, {"FHIR":"dateTime","value":{"value":"2012"}} for
 *   another element. The same program and data give the same bytes.
 * Ownership: programs, runs and terminologies are freed by the caller; a program must outlive its runs. Bytes handed in are copied and may go
 *   after the call. Text handed out (nl_str) lives as long as its program.
 * Threads: a program is immutable and may be shared. A run belongs to one thread at a time.
 * Errors: as in nextline.h. After a limit, or data that is not one patient's, a run is good for nl_cql_begin and
 *   nl_cql_run_free only (NL_E_ARG otherwise).
 * Clock, environment, locale: never read. What Now() answers is said to nl_cql_begin. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NEXTLINE_CQL_H
#define NEXTLINE_CQL_H

#include <nextline/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nl_cql_program nl_cql_program;   /* libraries linked */
typedef struct nl_cql_run     nl_cql_run;       /* one thread's memory, and the patient it is at */
typedef struct nl_cql_terminology nl_cql_terminology;   /* value sets and code systems that are no patient's */

/* ---- The program ------------------------------------------------------ */

typedef struct nl_cql_library {
    nl_str      elm;    /* one library as ELM JSON, best with locators, result types and the signatures of all calls */
    nl_str      text;   /* its CQL, so that an explanation can quote it; may be empty */
    const char *file;   /* how errors name it */
} nl_cql_library;

/* Links libraries and what they include, which must be among them; FHIRHelpers alone need not.
 * NL_E_SYNTAX: not ELM. NL_E_LOGIC: a node that is not supported, a name that is not there, a literal out of range. */
NL_API NL_MUST nl_status nl_cql_link(const nl_cql_library *libraries, size_t count, nl_cql_program **out, nl_error *err);
NL_API void nl_cql_program_free(nl_cql_program *p);   /* NULL is fine */

/* ---- What the host answers ---- external functions and a data model of its own */

/* Takes one value, or the elements of a list one after the other; "[]" for an empty list; nothing given is null. What is handed in is
 * copied. false: it is not of the type that the CQL declares, or a limit was met; the host returns, and the engine sees to it. */
typedef struct nl_cql_answer nl_cql_answer;
NL_API bool nl_cql_give_json(nl_cql_answer *to, nl_str json);   /* canonical JSON, of any type */
/* "5", "true", "2012-03", "10:30": as CQL writes the type declared; a String where none is. */
NL_API bool nl_cql_give_text(nl_cql_answer *to, nl_str text);
/* Of a data model only. */
NL_API bool nl_cql_give_item(nl_cql_answer *to, const void *item, uint32_t type);

/* A function that a library declares external. operands: a JSON array of canonical JSON, FHIR elements as {"FHIR":type,"value":content};
 * theirs until it returns. The answer must depend on self and the operands alone: a call may be made once, again, or not at all.
 * Anything but NL_OK ends the define with the words in err->what, which should hold no patient data. Called on the thread of the
 * run, from several runs at a time; it must not use the run that calls it (NL_E_ARG). */
typedef struct nl_cql_function {
    const char *library, *name;
    const char *signature;      /* operand types, "Integer,List<String>,{http://hl7.org/fhir}Observation"; NULL: all of that name */
    nl_status (*call)(void *self, nl_str operands, nl_cql_answer *to, nl_error *err);
    void       *self;
} nl_cql_function;

/* As nl_cql_link, with functions of the host; the list is copied, what self points to must outlive the program. NL_E_LOGIC also: an
 * external function that is called and not among them, or one of them that returns a type of the data model. */
NL_API NL_MUST nl_status nl_cql_link_with(const nl_cql_library *libraries, size_t count, const nl_cql_function *functions,
                                          size_t function_count, nl_cql_program **out, nl_error *err);

typedef struct nl_cql_define {
    nl_str   library, name, file;
    uint32_t line;
    bool     is_boolean;
} nl_cql_define;

NL_API size_t nl_cql_define_count(const nl_cql_program *p);                                  /* of all libraries */
NL_API bool   nl_cql_define_at(const nl_cql_program *p, size_t i, nl_cql_define *out);       /* false beyond the count */

/* ---- Value sets and code systems of no patient ------------------------- */

typedef struct nl_cql_input {
    nl_str      bytes;
    const char *name;   /* how errors name it */
} nl_cql_input;

/* FHIR ValueSets and CodeSystems, in a Bundle, an array, one by one or as NDJSON; other resources among them are passed over. Each is
 * counted out once, here: by its expansion, or by what it is composed of. One that cannot be is an error of the defines that ask for it,
 * which says why. It is immutable and may be shared by threads. NL_E_SYNTAX: an input, or a line of one, is not JSON. NL_E_MODEL: it is
 * not FHIR, or none of them holds a ValueSet or CodeSystem. NL_E_LIMIT: more than 16 GiB would be needed. */
NL_API NL_MUST nl_status nl_cql_terminology_read(const nl_cql_input *inputs, size_t count, nl_cql_terminology **out, nl_error *err);
NL_API void nl_cql_terminology_free(nl_cql_terminology *t);   /* NULL is fine */

/* ---- One patient ------------------------------------------------------ */

NL_API NL_MUST nl_status nl_cql_run_new(const nl_cql_program *p, const nl_limits *limits, nl_cql_run **out, nl_error *err);
NL_API void nl_cql_run_free(nl_cql_run *r);           /* NULL is fine */

/* For all patients of the run: what the data, or the host's model, does not hold is looked for there. t must outlive the run; NULL:
 * none. NL_E_ARG: the run has begun already. */
NL_API NL_MUST nl_status nl_cql_use(nl_cql_run *r, const nl_cql_terminology *t, nl_error *err);

/* Ends what was there: data, parameters, values. as_of: what Now() and Today() answer, and the offset of DateTimes written without
 * one; a Date or a DateTime, what it does not say being 0 and +00:00. NL_E_ARG: it is neither. */
NL_API NL_MUST nl_status nl_cql_begin(nl_cql_run *r, const char *as_of, nl_error *err);

/* A data model of the host instead of FHIR: functions over items it alone looks into. data: one patient's. Types have the numbers that
 * type gives them. All is asked while a value is, on that thread; the same question must have the same answer until nl_cql_forget.
 * What is given in another form than the CQL declares is null. No type is declared for codes, nor for the dates that a retrieve itself
 * selects by: give those as JSON. */
typedef struct nl_cql_model {
    /* The number of "{urn:namespace}Name", > 0; 0: it has none, and no rows of it. */
    uint32_t (*type)(void *data, nl_str name);
    /* Gives all items of the type; the engine looks at their codes. */
    void (*rows)(void *data, uint32_t type, nl_cql_answer *to);
    void (*property)(void *data, const void *item, uint32_t type, nl_str name, nl_cql_answer *to);
    /* ---- those below may be NULL ---- */
    /* Whether type is derived from base. NULL: no type is from another. */
    bool (*is)(void *data, uint32_t type, uint32_t base);
    /* Gives a text: values then say {"Item":text}, and explanations name "Type/text". */
    void (*name)(void *data, const void *item, uint32_t type, nl_cql_answer *to);
    /* Gives {"Code":...} for each code of a value set or code system; nothing: it does not have that one. */
    void (*codes)(void *data, nl_str url, nl_str version, nl_cql_answer *to);
} nl_cql_model;

/* As nl_cql_begin; nl_cql_add, put and drop are not for this patient. The model is copied; data must outlive the patient. */
NL_API NL_MUST nl_status nl_cql_begin_model(nl_cql_run *r, const char *as_of, const nl_cql_model *model, void *data, nl_error *err);
/* The items of that type ("Name", without namespace) changed: defines that can read them are asked again. */
NL_API NL_MUST nl_status nl_cql_forget(nl_cql_run *r, const char *type, nl_error *err);

/* Gives a parameter a value, canonical JSON of the type it is declared with. NL_E_ARG: no such parameter, or not of its type.
 * NL_E_SYNTAX: not JSON. Forgets the values of all defines. */
NL_API NL_MUST nl_status nl_cql_set(nl_cql_run *r, const char *library, const char *parameter, nl_str json, nl_error *err);

/* Adds one input of the patient's: a Bundle, a bare array, one resource, or NDJSON of these. All before the first value is asked.
 * NL_E_SYNTAX: not JSON. NL_E_MODEL: not FHIR. NL_E_LIMIT: larger than input_bytes. */
NL_API NL_MUST nl_status nl_cql_add(nl_cql_run *r, const char *name, const void *bytes, size_t n, nl_error *err);

/* Puts one resource in, instead of that of the same type and id if there is one; and takes one out. Only defines that can read it
 * are asked again. NL_E_SYNTAX, NL_E_MODEL: not one resource with type and id, or another Patient. NL_E_ARG: none to drop. */
NL_API NL_MUST nl_status nl_cql_put(nl_cql_run *r, const void *bytes, size_t n, nl_error *err);
NL_API NL_MUST nl_status nl_cql_drop(nl_cql_run *r, const char *type, const char *id, nl_error *err);

/* ---- Asking ----------------------------------------------------------- */

/* The id of the one Patient that the data is of; empty without data. NL_E_MODEL: no Patient, or several. */
NL_API NL_MUST nl_status nl_cql_patient(nl_cql_run *r, nl_str *out, nl_error *err);

/* One define. NL_E_ARG: no such define. NL_E_MODEL: as nl_cql_patient. NL_E_LOGIC: evaluating failed, err says where in the CQL.
 * Or what write returned. */
NL_API NL_MUST nl_status nl_cql_value(nl_cql_run *r, const char *library, const char *define, nl_write_fn *write, void *to,
                                      nl_error *err);
/* All defines of a library: {"Name":value,...} sorted by name, without the Patient that the translator adds. One that failed is
 * {"error":"where: what"}. NL_E_ARG: no such library. */
NL_API NL_MUST nl_status nl_cql_values(nl_cql_run *r, const char *library, nl_write_fn *write, void *to, nl_error *err);

/* The trace: why a define has its value, as a tree of clauses {"kind":"define|and|or|not|leaf","library","file","name","line","column",
 * "line_end","column_end","text","value":true|false|null,"decided","result","error","uses":[{"kind":"define|parameter","library","name",
 * "result"|"error"}],"facts":["Observation/id"],"reads":[{"type","system","code"}],"children":[...]}. What is empty is left out.
 * value: null also of what is no Boolean; decided: its value is why its parent has its own; result, error: of a define; uses: the
 * defines and parameters that a leaf names, each to be explained in turn. Costs nothing until asked for. */
NL_API NL_MUST nl_status nl_cql_explain(nl_cql_run *r, const char *library, const char *define, nl_write_fn *write, void *to,
                                        nl_error *err);

#ifdef __cplusplus
}
#endif
#endif
