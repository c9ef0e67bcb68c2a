import type { SyntaxNode } from '@lezer/common';
import {
  argumentsOf,
  entryOf,
  entryValue,
  type Place,
  type Problem,
  parseScript,
  partsOf,
  pathOf,
  problemsOf,
  type Script,
  stringValue,
} from './parse.ts';
import { taskOf } from './tasks.ts';

/** How sure a reference is; absent where it is certain. */
export type Certainty = 'likely' | 'one of' | 'unsupported kind';

/** A place that names a connection; a system connection is `system:<service>`. */
export type Reference = Place & { readonly linkName: string; readonly task: string; readonly certainty?: Certainty };

/** A place that names a connection by something that only a run knows. */
export type Dynamic = Place & { readonly expression: string };

export type Scan = {
  readonly references: readonly Reference[];
  readonly dynamic: readonly Dynamic[];
  readonly errors: readonly Problem[];
};

const childrenOf = (node: SyntaxNode, name: string): SyntaxNode[] => node.getChildren(name);

/** Where variables live: the function around, or the whole script. */
const scopeOf = (node: SyntaxNode): number => {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) if (at.name === 'FunctionDefinition') return at.from;
  return -1;
};

/** `unknown` stands for a value that only a run gives: a parameter, a loop's element, an error. */
type Assigned = { readonly at: number; readonly scope: number; readonly value: SyntaxNode | 'unknown' };

/** What gives a name its value. */
const NAMING: ReadonlySet<string> = new Set(['Assignment', 'Declaration', 'Parameter', 'ForEachStatement', 'CatchClause']);

const assignmentsOf = ({ tree, text }: Script): ReadonlyMap<string, readonly Assigned[]> => {
  const all = new Map<string, Assigned[]>();
  const note = (name: SyntaxNode, value: SyntaxNode | 'unknown', at: number): void => {
    const key = text.slice(name.from, name.to);
    const list = all.get(key) ?? [];
    list.push({ at, scope: scopeOf(name), value });
    all.set(key, list);
  };
  tree.iterate({
    enter: (at) => {
      // A node is made only of what is looked at: most of a script is not.
      if (!NAMING.has(at.name)) return;
      const { node } = at;
      if (node.name === 'Assignment') {
        const [target, value] = partsOf(node).filter(({ name }) => name !== 'AssignOp');
        if (target?.name === 'Variable') note(target, node.getChild('AssignOp') === null ? (value ?? 'unknown') : 'unknown', node.to);
      } else if (node.name === 'Declaration') {
        const name = node.getChild('Name');
        const value = node.lastChild?.name === ';' ? node.lastChild.prevSibling : node.lastChild;
        if (name !== null) note(name, value ?? 'unknown', node.to);
      } else if (node.name === 'Parameter' || node.name === 'ForEachStatement' || node.name === 'CatchClause') {
        const name = node.getChild('Name');
        if (name !== null) note(name, 'unknown', name.to);
      }
    },
  });
  return all;
};

type Meaning =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'missing'; readonly what: string }
  | { readonly kind: 'dynamic' };

const DYNAMIC: Meaning = { kind: 'dynamic' };
/** How far one variable is followed into another. */
const DEPTH = 8;

const isPlaceholder = (name: string): boolean => name.trim() === '' || /^<.*>$/.test(name.trim());

/** How far a broken block is looked through; nobody writes one that is longer. */
const LOOK = 32 * 1024;

/** Texts and comments as blanks of their length, so that what is searched for is found outside of them only. */
const maskTexts = (text: string): string =>
  text.replace(/"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, (part) => part.replace(/[^\n]/g, ' '));

/** Where the first bracket is closed, or all of it where none is. */
const closingBracket = (text: string): number => {
  let depth = 0;
  for (let at = text.indexOf('['); at >= 0 && at < text.length; at += 1) {
    if (text[at] === '[') depth += 1;
    else if (text[at] === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
};

class Scanner {
  readonly script: Script;
  readonly references: Reference[] = [];
  readonly dynamic: Dynamic[] = [];
  readonly errors: Problem[];
  readonly #assigned: ReadonlyMap<string, readonly Assigned[]>;
  readonly #known: ReadonlySet<string>;

  constructor(script: Script, known: readonly string[]) {
    this.script = script;
    this.errors = problemsOf(script);
    this.#assigned = assignmentsOf(script);
    this.#known = new Set(known.map((name) => name.toLowerCase()));
  }

  #fault(node: SyntaxNode, message: string): void {
    this.errors.push({ message, ...this.script.placeOf(node.from) });
  }

  /** What a value says of the connection's name: constants are followed through variables, nothing else is. */
  #meaning(node: SyntaxNode, depth = 0): Meaning {
    const text = this.script.textOf(node);
    if (node.name === 'String') {
      const value = stringValue(text);
      return isPlaceholder(value) ? { kind: 'missing', what: text } : { kind: 'names', names: [value] };
    }
    if (node.name === 'SmartString') return { kind: 'missing', what: text };
    if (node.name === 'Placeholder' || node.name === 'Null') return { kind: 'missing', what: text };
    if (node.name === 'Parenthesized') {
      const [inner] = partsOf(node);
      return inner === undefined ? DYNAMIC : this.#meaning(inner, depth);
    }
    if (node.name !== 'Variable') return DYNAMIC;
    const scope = scopeOf(node);
    const before = (this.#assigned.get(text) ?? []).filter((one) => one.scope === scope && one.at <= node.from);
    if (before.length === 0) return { kind: 'names', names: [text] };
    const names = new Set<string>();
    for (const { value } of before) {
      if (value === 'unknown' || depth >= DEPTH) return DYNAMIC;
      const meaning =
        value.name === 'Variable' && !this.#assigned.has(this.script.textOf(value)) ? DYNAMIC : this.#meaning(value, depth + 1);
      if (meaning.kind !== 'names') return meaning;
      for (const name of meaning.names) names.add(name);
    }
    return { kind: 'names', names: [...names] };
  }

  /** Takes the value of a connection as a reference, as dynamic, or as missing. */
  #take(node: SyntaxNode, task: string, certainty?: Certainty): void {
    const meaning = this.#meaning(node);
    const place = this.script.placeOf(node.from);
    if (meaning.kind === 'dynamic') this.dynamic.push({ expression: this.script.textOf(node), ...place });
    else if (meaning.kind === 'missing') this.#fault(node, `the connection's name is missing: ${meaning.what}`);
    else {
      const how = certainty ?? (meaning.names.length > 1 ? 'one of' : undefined);
      for (const linkName of meaning.names)
        this.references.push({ linkName, task, ...place, ...(how === undefined ? {} : { certainty: how }) });
    }
  }

  block(node: SyntaxNode): void {
    const word = node.firstChild;
    const task = word === null ? '' : this.script.textOf(word).toLowerCase();
    // Mails and messages have blocks too, and no connection in them.
    if (task === 'sendmail' || task === 'sendsms') return;
    const entry = entryOf(this.script, node, 'connection');
    const value = entryValue(entry);
    if (entry === undefined && this.#recover(node, task)) return;
    if (entry === undefined) this.#lintToken(node);
    else if (value === null) this.#fault(entry, "the connection's name is missing");
    else this.#take(value, task, node.name === 'OtherBlock' ? 'unsupported kind' : undefined);
  }

  /** A broken block may hide its connection from the tree; what its text says of it is likely, no more. */
  #recover(block: SyntaxNode, task: string): boolean {
    let isBroken = false;
    block.cursor().iterate(({ type }) => {
      if (type.isError) isBroken = true;
    });
    if (!isBroken) return false;
    const text = this.script.text.slice(block.from, block.from + LOOK);
    const masked = maskTexts(text);
    const end = closingBracket(masked);
    const key = /\bconnection\s*:/i.exec(masked.slice(0, end));
    if (key === null) return false;
    const rest = text.slice(key.index + key[0].length).trimStart();
    const value = /^(?:"([^"\n]+)"|'([^'\n]+)'|([A-Za-z_]\w*))/.exec(rest);
    const linkName = value?.[1] ?? value?.[2] ?? value?.[3];
    if (linkName === undefined || isPlaceholder(linkName)) return false;
    this.references.push({ linkName, task, ...this.script.placeOf(block.from + text.length - rest.length), certainty: 'likely' });
    return true;
  }

  /** A block without a connection that brings an authorization of its own has a token in the script (trap 16). */
  #lintToken(block: SyntaxNode): void {
    const value = entryValue(entryOf(this.script, block, 'headers'));
    if (value === null) return;
    const maps: SyntaxNode[] = value.name === 'Variable' ? this.#valuesOf(value) : [value];
    const isAuthorized = maps.some((map) => this.#keysOf(map).includes('authorization')) || this.#isPut(value);
    if (isAuthorized) this.#fault(block, 'a token stands in the script: name a connection instead of an Authorization header');
  }

  #valuesOf(variable: SyntaxNode): SyntaxNode[] {
    const assigned = this.#assigned.get(this.script.textOf(variable)) ?? [];
    return assigned.flatMap(({ value }) => (value === 'unknown' ? [] : [value]));
  }

  #keysOf(map: SyntaxNode): string[] {
    return childrenOf(map, 'MapEntry').flatMap((entry) => {
      const [key] = partsOf(entry);
      return key?.name === 'String' ? [stringValue(this.script.textOf(key)).toLowerCase()] : [];
    });
  }

  /** Is `variable.put("Authorization", …)` said anywhere. */
  #isPut(variable: SyntaxNode): boolean {
    const name = this.script.textOf(variable);
    let isFound = false;
    this.script.tree.iterate({
      enter: (at) => {
        if (at.name !== 'Call') return;
        const { node } = at;
        const [callee] = partsOf(node);
        const [first] = argumentsOf(node);
        if (callee === undefined || first?.name !== 'String') return;
        if (this.script.textOf(callee).toLowerCase() !== `${name.toLowerCase()}.put`) return;
        if (stringValue(this.script.textOf(first)).toLowerCase() === 'authorization') isFound = true;
      },
    });
    return isFound;
  }

  call(node: SyntaxNode): void {
    const path = pathOf(this.script, node.firstChild);
    const task = path === null ? null : taskOf(path);
    if (task === null) return;
    const given = argumentsOf(node);
    const last = given.at(-1);
    const inOptions = last?.name === 'MapLiteral' ? this.#optionOf(last) : null;
    if (task.isMandatory) {
      const [first] = given;
      if (first === undefined) this.#fault(node, `${task.name} needs a connection as its first argument`);
      else this.#take(first, task.name);
      return;
    }
    const atIndex = task.index === null ? undefined : given[task.index];
    if (atIndex !== undefined) this.#take(atIndex, task.name);
    else if (inOptions !== null) this.#take(inOptions, task.name, 'likely');
    else if (task.index === null) {
      if (last?.name === 'String' && this.#known.has(stringValue(this.script.textOf(last)).toLowerCase()))
        this.#take(last, task.name, 'likely');
    } else if (task.service !== null)
      this.references.push({ linkName: `system:${task.service}`, task: task.name, ...this.script.placeOf(node.from) });
  }

  /** `{"connection":"x"}` as the last argument. */
  #optionOf(map: SyntaxNode): SyntaxNode | null {
    for (const entry of childrenOf(map, 'MapEntry')) {
      const [key, value] = partsOf(entry);
      if (key?.name === 'String' && value !== undefined && stringValue(this.script.textOf(key)).toLowerCase() === 'connection')
        return value;
    }
    return null;
  }
}

const byPlace = (a: Place, b: Place): number => a.line - b.line || a.column - b.column;

/**
 * Which connections a script names, where, and how surely; what only a run knows; what is wrong. `known` are link names of the
 * application, by which a task that nobody has written down is recognized. Never throws.
 */
export const scanReferences = (source: string, known: readonly string[] = []): Scan => scanScript(parseScript(source), known);

/** The same of a script that is parsed already. */
export const scanScript = (script: Script, known: readonly string[] = []): Scan => {
  const scanner = new Scanner(script, known);
  script.tree.iterate({
    enter: (at) => {
      if (at.name === 'InvokeUrl' || at.name === 'InvokeApi' || at.name === 'OtherBlock') scanner.block(at.node);
      else if (at.name === 'Call') scanner.call(at.node);
    },
  });
  return {
    references: scanner.references.sort(byPlace),
    dynamic: scanner.dynamic.sort(byPlace),
    errors: scanner.errors.sort(byPlace),
  };
};
