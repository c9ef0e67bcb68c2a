import type { SyntaxNode } from '@lezer/common';
import type { Frame, Step } from './frame.ts';
import { FUNCTIONS, systemVariable } from './functions.ts';
import { callMethod, MethodError } from './methods.ts';
import { argumentsOf, entryOf, entryValue, partsOf, pathOf, type Script, stringValue } from './parse.ts';
import { isEqual, isTrue, Moment, readMoment, ScriptError, toNumber, toText, type Value } from './values.ts';

/** A piece of a script, made ready to run. Only what calls a service, or may, is asynchronous: loops over plain values stay plain. */
export type Code =
  | { readonly isAsync: false; readonly run: (frame: Frame) => Value }
  | { readonly isAsync: true; readonly run: (frame: Frame) => Promise<Value> };

const plain = (run: (frame: Frame) => Value): Code => ({ isAsync: false, run });

/** Runs the parts in order, then what is made of them; asynchronous only where a part is. */
const combine = (parts: readonly Code[], make: (values: Value[], frame: Frame) => Value): Code => {
  if (parts.some(({ isAsync }) => isAsync))
    return {
      isAsync: true,
      run: async (frame) => {
        const values: Value[] = [];
        for (const part of parts) values.push(part.isAsync ? await part.run(frame) : part.run(frame));
        return make(values, frame);
      },
    };
  const runs = parts.map((part) => part.run as (frame: Frame) => Value);
  const [first, second] = runs;
  // The two commonest shapes without a list between: loops spend their time here.
  if (first !== undefined && runs.length === 1) return plain((frame) => make([first(frame)], frame));
  if (first !== undefined && second !== undefined && runs.length === 2) return plain((frame) => make([first(frame), second(frame)], frame));
  return plain((frame) =>
    make(
      runs.map((run) => run(frame)),
      frame,
    ),
  );
};

const LIMIT_TEXT = 4 * 1024 * 1024;

const add = (a: Value, b: Value, offset: number): Value => {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' || typeof b === 'string') {
    const joined = toText(a) + toText(b);
    if (joined.length > LIMIT_TEXT) throw new ScriptError('a text became longer than 4 MiB', offset, true);
    return joined;
  }
  if (a instanceof Moment && typeof b === 'number') return new Moment(a.at + b * 86_400_000, a.hasTime);
  return arithmetic('+', a, b, offset);
};

const arithmetic = (operator: string, a: Value, b: Value, offset: number): number => {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (x === null || y === null) {
    const wrong = x === null ? a : b;
    throw new ScriptError(`${operator} needs numbers: ${wrong === null ? 'null' : `“${toText(wrong).slice(0, 40)}”`} is none`, offset);
  }
  if ((operator === '/' || operator === '%') && y === 0) throw new ScriptError('division by zero', offset);
  return operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : operator === '/' ? x / y : x % y;
};

const compare = (operator: string, a: Value, b: Value): boolean => {
  if (operator === '==') return isEqual(a, b);
  if (operator === '!=' || operator === '<>') return !isEqual(a, b);
  const [x, y] = a instanceof Moment && b instanceof Moment ? [a.at, b.at] : [toNumber(a), toNumber(b)];
  const order = x !== null && y !== null ? x - y : toText(a) < toText(b) ? -1 : toText(a) > toText(b) ? 1 : 0;
  return operator === '<' ? order < 0 : operator === '>' ? order > 0 : operator === '<=' ? order <= 0 : order >= 0;
};

/** What a node is compiled to, once for each script. Throws nothing: what cannot run says so when it is reached. */
export class Compiler {
  readonly script: Script;
  readonly functions = new Map<string, { readonly parameters: readonly string[]; readonly body: () => Step }>();
  #slots = new Map<string, number>();

  constructor(script: Script) {
    this.script = script;
  }

  /** How many variables the compiled scope has. */
  get size(): number {
    return this.#slots.size;
  }

  slotOf(name: string): number {
    const found = this.#slots.get(name);
    if (found !== undefined) return found;
    this.#slots.set(name, this.#slots.size);
    return this.#slots.size - 1;
  }

  /** Compiles in a scope of its own. */
  inScope<T>(names: readonly string[], compile: () => T): T {
    const outer = this.#slots;
    this.#slots = new Map(names.map((name, index) => [name, index]));
    try {
      return compile();
    } finally {
      this.#slots = outer;
    }
  }

  textOf(node: SyntaxNode): string {
    return this.script.textOf(node);
  }

  /** Says what is not supported here, when it is reached. */
  #refuse(node: SyntaxNode, what: string): Code {
    return plain(() => {
      throw new ScriptError(what, node.from);
    });
  }

  expression(node: SyntaxNode | null | undefined): Code {
    if (node === null || node === undefined) return plain(() => null);
    const compile = EXPRESSIONS[node.name];
    if (node.type.isError || compile === undefined) return this.#refuse(node, 'this part of the script is not understood');
    return compile(this, node);
  }

  refuse(node: SyntaxNode, what: string): Code {
    return this.#refuse(node, what);
  }

  /** `target += value` and its like. */
  updated(node: SyntaxNode, target: SyntaxNode, value: SyntaxNode, operator: string): Code {
    return combine([this.expression(target), this.expression(value)], ([a = null, b = null]) =>
      operator === '+' ? add(a, b, node.from) : arithmetic(operator, a, b, node.from),
    );
  }

  /** What `info` shows. */
  show(value: Value): string {
    return value === null ? 'null' : toText(value);
  }
}

const binary = (self: Compiler, node: SyntaxNode, make: (operator: string, a: Value, b: Value, offset: number) => Value): Code => {
  const left = node.firstChild;
  const right = node.lastChild;
  const operator =
    left === null || right === null
      ? ''
      : self.script.text
          .slice(left.to, right.from)
          .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
          .trim();
  return combine([self.expression(left), self.expression(right)], ([a = null, b = null]) => make(operator, a, b, node.from));
};

const logical = (self: Compiler, node: SyntaxNode, stopsAt: boolean): Code => {
  const left = self.expression(node.firstChild);
  const right = self.expression(node.lastChild);
  if (!left.isAsync && !right.isAsync) return plain((frame) => (isTrue(left.run(frame)) === stopsAt ? stopsAt : isTrue(right.run(frame))));
  return { isAsync: true, run: async (frame) => (isTrue(await left.run(frame)) === stopsAt ? stopsAt : isTrue(await right.run(frame))) };
};

/** Runs what a table of ours does, and gives its complaint a place. */
const placed = (offset: number, act: () => Value): Value => {
  try {
    return act();
  } catch (error) {
    throw error instanceof MethodError ? new ScriptError(error.message, offset) : error;
  }
};

const call = (self: Compiler, node: SyntaxNode): Code => {
  const callee = node.firstChild;
  const given = argumentsOf(node).map((one) => self.expression(one));
  const path = pathOf(self.script, callee);
  const name = path?.join('.') ?? '';
  const root = path?.[0]?.toLowerCase();
  if (
    path !== null &&
    path.length > 1 &&
    (root === 'zoho' || root === 'intuit' || root === 'salesforce') &&
    systemVariable(path.slice(0, -1)) === null
  )
    return task(self, node, name, given);
  if (callee?.name === 'Member') {
    const own = self.functions.get(name.toLowerCase().replace(/^thisapp\./, ''));
    if (own !== undefined) return ownCall(own, given, node.from);
    if (path !== null && path.length > 2 && root === 'thisapp' && systemVariable(path.slice(0, -1)) === null)
      return self.refuse(node, `there is no function ${path.slice(1).join('.')} in this script`);
    const method = self.textOf(callee.getChild('PropertyName') ?? callee);
    return combine([self.expression(callee.firstChild), ...given], ([on = null, ...args]) =>
      placed(callee.lastChild?.from ?? node.from, () => callMethod(on, method, args)),
    );
  }
  if (callee?.name !== 'Variable') return self.refuse(node, 'only a function or a method can be called');
  const own = self.functions.get(name.toLowerCase());
  if (own !== undefined) return ownCall(own, given, node.from);
  const known = Object.hasOwn(FUNCTIONS, name.toLowerCase()) ? FUNCTIONS[name.toLowerCase()] : undefined;
  if (known === undefined) return self.refuse(node, `there is no function ${name}`);
  return combine(given, (args, frame) => placed(node.from, () => known(args, frame.host)));
};

type Own = { readonly parameters: readonly string[]; readonly body: () => Step };

/** A function of the script itself. Whether it calls a service is known only when it is compiled, so a call of it may wait. */
const ownCall = ({ parameters, body }: Own, given: readonly Code[], offset: number): Code => ({
  isAsync: true,
  run: async (frame) => {
    const values: Value[] = [];
    for (const part of given) values.push(await part.run(frame));
    if (frame.depth >= frame.budget.depth)
      throw new ScriptError(`functions call each other more than ${frame.budget.depth} deep`, offset, true);
    const inner: Frame = { ...frame, depth: frame.depth + 1, slots: parameters.map((_, index) => values[index] ?? null), result: null };
    await body()(inner);
    return inner.result;
  },
});

const task = (_: Compiler, node: SyntaxNode, name: string, given: readonly Code[]): Code => ({
  isAsync: true,
  run: async (frame) => {
    const args: Value[] = [];
    for (const part of given) args.push(await part.run(frame));
    return frame.call(node.from, () => frame.host.task({ name, args }));
  },
});

/** What a block's entry says: bare constants as they are written, everything else as a value. */
const valueIn = (self: Compiler, block: SyntaxNode, key: string): SyntaxNode | null => entryValue(entryOf(self.script, block, key));

const bare = (self: Compiler, node: SyntaxNode | null): string | null => {
  if (node === null) return null;
  const text = self.textOf(node);
  return node.name === 'String' ? stringValue(text) : text.replace(/\s+/g, '');
};

/** A bare word that no variable is called says itself: a link name, `GET` (RULES 3.4, traps 12 and 13). */
const wordOf = (self: Compiler, node: SyntaxNode | null): Code => {
  if (node?.name !== 'Variable') return self.expression(node);
  const name = self.textOf(node);
  const slot = self.slotOf(name);
  return plain((frame) => frame.slots[slot] ?? name);
};

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** invokeurl, or invokeapi with a service and a path in place of an address. */
const invoke = (self: Compiler, node: SyntaxNode, target: 'url' | 'path'): Code => {
  const parts = {
    url: self.expression(valueIn(self, node, target)),
    headers: self.expression(valueIn(self, node, 'headers')),
    parameters: self.expression(valueIn(self, node, 'parameters')),
    body: self.expression(valueIn(self, node, 'body')),
    connection: wordOf(self, valueIn(self, node, 'connection')),
    detailed: self.expression(valueIn(self, node, 'detailed')),
    type: wordOf(self, valueIn(self, node, 'type')),
  };
  const contentType = bare(self, valueIn(self, node, 'content-type'));
  const format = bare(self, valueIn(self, node, 'response-format'))?.toUpperCase() ?? null;
  const service = target === 'path' ? bare(self, valueIn(self, node, 'service')) : null;
  if (target === 'path' && service === null) return self.refuse(node, 'invokeapi needs a service');
  const hasFiles = valueIn(self, node, 'files') !== null;
  if (hasFiles) return self.refuse(node, 'files are not supported in invokeurl yet');
  return {
    isAsync: true,
    run: async (frame) => {
      const url = toText(await parts.url.run(frame));
      const headers = await parts.headers.run(frame);
      const parameters = await parts.parameters.run(frame);
      const body = await parts.body.run(frame);
      const connection = await parts.connection.run(frame);
      const isDetailed = isTrue(await parts.detailed.run(frame));
      const method = (toText(await parts.type.run(frame)) || 'GET').toUpperCase();
      if (!METHODS.has(method)) throw new ScriptError(`${method} is no type of request`, node.from);
      return frame.call(node.from, () =>
        frame.host.request({
          url,
          method,
          headers: headers instanceof Map ? [...headers].map(([name, value]): [string, string] => [name, toText(value)]) : [],
          parameters,
          body,
          contentType,
          connection: connection === null ? null : toText(connection),
          isDetailed,
          format,
          service,
        }),
      );
    },
  };
};

type Compile = (self: Compiler, node: SyntaxNode) => Code;

const constant = (value: Value): Code => plain(() => value);

const EXPRESSIONS: Readonly<Record<string, Compile>> = {
  Number: (self, node) => constant(Number(self.textOf(node))),
  String: (self, node) => {
    const text = self.textOf(node);
    const value = stringValue(text);
    // Dates stand in single quotes, as texts may.
    return constant(text.startsWith("'") ? (readMoment(value) ?? value) : value);
  },
  Boolean: (self, node) => constant(self.textOf(node).toLowerCase() === 'true'),
  Null: () => constant(null),
  Placeholder: (self, node) => self.refuse(node, `${self.textOf(node)} still stands for something`),
  SmartString: (self, node) => self.refuse(node, 'curly quotes are no quotes in Deluge: use " instead'),
  Variable: (self, node) => {
    const name = self.textOf(node);
    const slot = self.slotOf(name);
    return plain((frame) => {
      const value = frame.slots[slot];
      if (value !== undefined) return value;
      if (name === 'input') return frame.host.input;
      throw new ScriptError(`${name} has no value here`, node.from);
    });
  },
  TypedConstructor: (self, node) =>
    /^map/i.test(self.textOf(node))
      ? plain(() => new Map())
      : combine(
          argumentsOf(node).map((one) => self.expression(one)),
          (values) => [...values],
        ),
  Parenthesized: (self, node) => self.expression(partsOf(node)[0]),
  ListLiteral: (self, node) =>
    combine(
      partsOf(node).map((one) => self.expression(one)),
      (values) => [...values],
    ),
  MapLiteral: (self, node) => {
    const parts = partsOf(node);
    const isMap = parts.length === 0 || parts.some(({ name }) => name === 'MapEntry');
    if (!isMap)
      return combine(
        parts.map((one) => self.expression(one)),
        (values) => [...values],
      );
    const flat = parts.flatMap((entry) => {
      const [key, value] = partsOf(entry);
      return [self.expression(key), self.expression(value)];
    });
    return combine(flat, (values) => {
      const map = new Map<string, Value>();
      for (let at = 0; at < values.length; at += 2) map.set(toText(values[at] ?? null), values[at + 1] ?? null);
      return map;
    });
  },
  Conditional: (self, node) => {
    const [condition, yes, no] = partsOf(node).map((one) => self.expression(one));
    const nothing = constant(null);
    const chosen = { condition: condition ?? nothing, yes: yes ?? nothing, no: no ?? nothing };
    if (!chosen.condition.isAsync && !chosen.yes.isAsync && !chosen.no.isAsync) {
      const { condition: test, yes: then, no: otherwise } = chosen;
      return combine([test], ([value], frame) => (isTrue(value ?? null) ? then.run(frame) : otherwise.run(frame)) as Value);
    }
    return {
      isAsync: true,
      run: async (frame) => (isTrue(await chosen.condition.run(frame)) ? chosen.yes.run(frame) : chosen.no.run(frame)),
    };
  },
  Call: call,
  Member: (self, node) => {
    const path = pathOf(self.script, node);
    const system = path === null ? null : systemVariable(path);
    if (system !== null) return plain((frame) => system(frame.host));
    const name = self.textOf(node.getChild('PropertyName') ?? node);
    return combine([self.expression(node.firstChild)], ([on = null]) => {
      if (on instanceof Map) return on.get(name) ?? null;
      throw new ScriptError(`${on === null ? 'null' : 'this value'} has no member ${name}`, node.from);
    });
  },
  Query: (self, node) => self.refuse(node, 'fetching entries of a form is not supported'),
  Unary: (self, node) => {
    const isNot = self.textOf(node).startsWith('!');
    return combine([self.expression(partsOf(node)[0])], ([value = null]) =>
      isNot ? !isTrue(value) : -arithmetic('+', value, 0, node.from),
    );
  },
  Binary: (self, node) => {
    if (node.getChild('AndOp') !== null) return logical(self, node, false);
    if (node.getChild('OrOp') !== null) return logical(self, node, true);
    if (node.getChild('CompareOp') !== null) return binary(self, node, compare);
    if (node.getChild('TimesOp') !== null) return binary(self, node, arithmetic);
    return binary(self, node, (operator, a, b, offset) => (operator === '+' ? add(a, b, offset) : arithmetic(operator, a, b, offset)));
  },
  InvokeUrl: (self, node) => invoke(self, node, 'url'),
  InvokeApi: (self, node) => invoke(self, node, 'path'),
  InsertTask: (self, node) => self.refuse(node, 'insert into is not supported'),
  OtherBlock: (self, node) => self.refuse(node, `${self.textOf(node.firstChild ?? node).toLowerCase()} is not supported`),
};
