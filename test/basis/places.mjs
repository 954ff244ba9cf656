// SPDX-License-Identifier: Apache-2.0
// Places in an input, as a basis names them: is the JSON Pointer there, does it hold the quote, does it lie in that resource?
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

// The input as pointers see it; of NDJSON each line by itself.
export function inputOf(c) {
  const text = readFileSync(c.file, 'utf8');
  return c.ndjson ? text.split('\n').map((l) => (l.trim() ? JSON.parse(l) : undefined)) : JSON.parse(text);
}

// The element at an RFC 6901 pointer and the resource around it.
function at(document, pointer) {
  let here = document, resource = document?.resourceType ? document : undefined;
  for (const part of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~');
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, key)) { return null; }
    here = here[key];
    if (here && typeof here === 'object' && here.resourceType && here.resourceType !== 'Bundle') { resource = here; }
  }
  return { element: here, resource };
}

export function sourceFault(s, input, c) {
  if (c.ndjson !== (s.line !== null)) { return c.ndjson ? 'no line, though the input is NDJSON' : 'a line, though the input is not NDJSON'; }
  const document = c.ndjson ? input[s.line - 1] : input;
  const hit = document === undefined ? null : at(document, s.pointer);
  if (!hit) { return 'the pointer leads nowhere'; }
  if (!isDeepStrictEqual(hit.element, s.quote)) { return `the input has ${JSON.stringify(hit.element)?.slice(0, 120)}`; }
  const name = hit.resource ? `${hit.resource.resourceType}${hit.resource.id ? `/${hit.resource.id}` : ''}` : 'no resource';
  return name === s.resource ? null : `it lies in ${name}`;
}
