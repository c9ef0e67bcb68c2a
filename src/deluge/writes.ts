import type { SyntaxNode } from '@lezer/common';
import { entryOf, entryValue, parseScript, pathOf, type Script, stringValue } from './parse.ts';
import { methodOfTask } from './task-requests.ts';
import { taskOf } from './tasks.ts';

/** How much of an address is told; it may be a long expression. */
const TOLD = 120;

const SENDING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Only what is written out as GET surely reads; a method that a run decides may be any. */
const requestOf = (script: Script, block: SyntaxNode): string | null => {
  const valueAt = (key: string): SyntaxNode | null => entryValue(entryOf(script, block, key));
  const type = valueAt('type');
  const written = type === null ? 'GET' : script.textOf(type);
  const method = (type?.name === 'String' ? stringValue(written) : written).toUpperCase();
  if (method === 'GET') return null;
  const target = valueAt('url') ?? valueAt('path');
  const text = target === null ? '' : target.name === 'String' ? stringValue(script.textOf(target)) : script.textOf(target);
  const address = text.replace(/\s+/g, ' ');
  const sends = SENDING.has(method) ? `sends ${method}` : 'sends a request of a kind that only a run knows';
  return `${sends} to ${address.length > TOLD ? `${address.slice(0, TOLD)}…` : address || 'an address that is missing'}`;
};

const taskThatWrites = (script: Script, call: SyntaxNode): string | null => {
  const path = pathOf(script, call.firstChild);
  const task = path === null ? null : taskOf(path);
  if (task === null) return null;
  const method = methodOfTask(task.name);
  // A task that no table has may change something; one that needs no service does so only where a table says it.
  const mayWrite = method === null ? task.service !== null || task.isMandatory : method !== 'GET';
  return mayWrite ? `runs ${task.name}` : null;
};

/**
 * What a script may change at services, each in words and once, in the order of the script ("sends POST to https://…", "runs
 * zoho.books.createRecord"). What is not surely a reading request counts.
 */
export const writesOfScript = (source: string): string[] => {
  const script = parseScript(source);
  const found = new Set<string>();
  script.tree.iterate({
    enter: (at) => {
      const isBlock = at.name === 'InvokeUrl' || at.name === 'InvokeApi';
      if (!isBlock && at.name !== 'Call') return;
      const says = isBlock ? requestOf(script, at.node) : taskThatWrites(script, at.node);
      if (says !== null) found.add(says);
    },
  });
  return [...found];
};
