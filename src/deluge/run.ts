import type { SyntaxNode } from '@lezer/common';
import { type Code, Compiler } from './compile.ts';
import { type Budget, type Frame, type ScriptHost, type Step, Stop } from './frame.ts';
import { type Place, parseScript, partsOf, type Script } from './parse.ts';
import { isTrue, ScriptError, type Value } from './values.ts';

/** A statement made ready; asynchronous only where something in it is. */
type Ready = { readonly isAsync: boolean; readonly run: Step };

const step = (run: (frame: Frame) => Stop): Ready => ({ isAsync: false, run });

/** Runs an expression, then what is made of its value. */
const after = (code: Code, make: (value: Value, frame: Frame) => Stop): Ready =>
  code.isAsync
    ? { isAsync: true, run: async (frame) => make(await code.run(frame), frame) }
    : step((frame) => make(code.run(frame), frame));

/** How often the clock is looked at. */
const CLOCK_EVERY = 1_024;

const spend = ({ budget, host }: Frame, offset: number): void => {
  budget.left -= 1;
  if (budget.left < 0) throw new ScriptError('the script did more than it may: a loop may never end', offset, true);
  if (budget.left % CLOCK_EVERY === 0 && host.now() > budget.until)
    throw new ScriptError('the script took longer than it may', offset, true);
};

const sequence = (steps: readonly (Ready & { readonly from: number })[]): Ready => {
  if (!steps.some(({ isAsync }) => isAsync))
    return step((frame) => {
      for (const { run, from } of steps) {
        spend(frame, from);
        const stop = run(frame) as Stop;
        if (stop !== Stop.none) return stop;
      }
      return Stop.none;
    });
  return {
    isAsync: true,
    run: async (frame) => {
      for (const { run, from } of steps) {
        spend(frame, from);
        const stop = await run(frame);
        if (stop !== Stop.none) return stop;
      }
      return Stop.none;
    },
  };
};

const STATEMENTS = /Statement$|^Assignment$|^Declaration$|^InsertTask$|^DeleteTask$|^Stray|^FunctionDefinition$/;

const block = (self: Compiler, node: SyntaxNode | null): Ready => {
  if (node === null) return step(() => Stop.none);
  const steps = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.type.isError) steps.push({ ...refused(child, 'this part of the script is not understood'), from: child.from });
    else if (STATEMENTS.test(child.name) && child.name !== 'FunctionDefinition')
      steps.push({ ...statement(self, child), from: child.from });
  }
  return sequence(steps);
};

const refused = (node: SyntaxNode, what: string): Ready =>
  step(() => {
    throw new ScriptError(what, node.from);
  });

const assignment = (self: Compiler, node: SyntaxNode): Ready => {
  const [target, ...rest] = partsOf(node);
  const operator = node.getChild('AssignOp');
  const value = rest.at(-1);
  if (target === undefined || value === undefined) return refused(node, 'this part of the script is not understood');
  if (target.name === 'Member') {
    const name = self.textOf(target.getChild('PropertyName') ?? target);
    const on = self.expression(target.firstChild);
    const code = self.expression(value);
    return {
      isAsync: true,
      run: async (frame) => {
        const map = await on.run(frame);
        if (!(map instanceof Map)) throw new ScriptError(`only a map has members that can be set`, target.from);
        map.set(name, await code.run(frame));
        return Stop.none;
      },
    };
  }
  if (target.name !== 'Variable' && target.name !== 'Name') return refused(target, 'only a variable can be assigned');
  const name = self.textOf(target);
  const code = operator === null ? self.expression(value) : self.updated(node, target, value, self.textOf(operator).slice(0, -1));
  const slot = self.slotOf(name);
  return after(code, (result, frame) => {
    frame.slots[slot] = result;
    frame.host.trace?.(name, result, node.from);
    return Stop.none;
  });
};

const conditional = (self: Compiler, node: SyntaxNode): Ready => {
  const arms = [node, ...node.getChildren('ElseClause')].map((arm) => {
    const condition = arm.getChild('Condition');
    return {
      test: condition === null ? null : self.expression(partsOf(condition)[0]),
      body: block(self, arm.getChild('Block')),
    };
  });
  const isAsync = arms.some(({ test, body }) => test?.isAsync === true || body.isAsync);
  if (!isAsync)
    return step((frame) => {
      for (const { test, body } of arms) if (test === null || isTrue(test.run(frame) as Value)) return body.run(frame) as Stop;
      return Stop.none;
    });
  return {
    isAsync,
    run: async (frame) => {
      for (const { test, body } of arms) if (test === null || isTrue(await test.run(frame))) return body.run(frame);
      return Stop.none;
    },
  };
};

const elementsOf = (value: Value, isIndex: boolean, offset: number): Value[] => {
  const list = value instanceof Map ? [...value.keys()] : Array.isArray(value) ? [...value] : null;
  if (list === null) throw new ScriptError('for each needs a list', offset);
  return isIndex ? list.map((_, index) => index) : list;
};

const forEach = (self: Compiler, node: SyntaxNode): Ready => {
  const name = node.getChild('Name');
  const isIndex = /index$/i.test(self.textOf(node.firstChild ?? node));
  const slot = self.slotOf(name === null ? '' : self.textOf(name));
  const list = self.expression(partsOf(node).find((one) => one.name !== 'ForEach' && one.name !== 'Name' && one.name !== 'Block'));
  const body = block(self, node.getChild('Block'));
  if (!body.isAsync)
    return after(list, (value, frame) => {
      for (const element of elementsOf(value, isIndex, node.from)) {
        spend(frame, node.from);
        frame.slots[slot] = element;
        const stop = body.run(frame) as Stop;
        if (stop === Stop.break) break;
        if (stop === Stop.return) return stop;
      }
      return Stop.none;
    });
  return {
    isAsync: true,
    run: async (frame) => {
      for (const element of elementsOf(await list.run(frame), isIndex, node.from)) {
        spend(frame, node.from);
        frame.slots[slot] = element;
        const stop = await body.run(frame);
        if (stop === Stop.break) break;
        if (stop === Stop.return) return stop;
      }
      return Stop.none;
    },
  };
};

const attempt = (self: Compiler, node: SyntaxNode): Ready => {
  const body = block(self, node.getChild('Block'));
  const clause = node.getChild('CatchClause');
  const name = clause?.getChild('Name') ?? null;
  const slot = name === null ? null : self.slotOf(self.textOf(name));
  const handler = block(self, clause?.getChild('Block') ?? null);
  return {
    isAsync: true,
    run: async (frame) => {
      try {
        return await body.run(frame);
      } catch (error) {
        if (!(error instanceof ScriptError) || error.isFinal || clause === null) throw error;
        const { line } = self.script.placeOf(error.offset);
        if (slot !== null)
          frame.slots[slot] = new Map<string, Value>([
            ['message', error.message],
            ['lineNo', line],
          ]);
        return handler.run(frame);
      }
    },
  };
};

const expressionIn = (node: SyntaxNode): SyntaxNode | undefined => partsOf(node)[0];

const STATEMENT: Readonly<Record<string, (self: Compiler, node: SyntaxNode) => Ready>> = {
  EmptyStatement: () => step(() => Stop.none),
  Assignment: assignment,
  Declaration: (self, node) => {
    const name = node.getChild('Name');
    const value = partsOf(node).at(-1);
    if (name === null || value === undefined || value === name) return refused(node, 'this part of the script is not understood');
    const slot = self.slotOf(self.textOf(name));
    return after(self.expression(value), (result, frame) => {
      frame.slots[slot] = result;
      frame.host.trace?.(self.textOf(name), result, node.from);
      return Stop.none;
    });
  },
  ExpressionStatement: (self, node) => after(self.expression(expressionIn(node)), () => Stop.none),
  InfoStatement: (self, node) =>
    after(self.expression(expressionIn(node)), (value, frame) => {
      frame.host.info(self.show(value), node.from);
      return Stop.none;
    }),
  ReturnStatement: (self, node) =>
    after(self.expression(expressionIn(node)), (value, frame) => {
      frame.result = value;
      return Stop.return;
    }),
  BreakStatement: () => step(() => Stop.break),
  ContinueStatement: () => step(() => Stop.continue),
  IfStatement: conditional,
  ForEachStatement: forEach,
  TryStatement: attempt,
  InsertTask: (_, node) => refused(node, 'insert into is not supported'),
  DeleteTask: (_, node) => refused(node, 'delete from is not supported'),
};

const statement = (self: Compiler, node: SyntaxNode): Ready => {
  // A mistake inside would be run as something else: the whole statement says so instead.
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.type.isError) return refused(child, 'this part of the script is not understood');
  return STATEMENT[node.name]?.(self, node) ?? refused(node, 'this part of the script is not understood');
};

const defineFunctions = (self: Compiler): void => {
  for (const node of self.script.tree.topNode.getChildren('FunctionDefinition')) {
    const name = node.getChild('FunctionName');
    const parameters = (node.getChild('ParameterList')?.getChildren('Parameter') ?? []).map((one) =>
      self.textOf(one.getChild('Name') ?? one),
    );
    let compiled: Step | null = null;
    // Compiled at its first call: by then every function is known.
    const body = (): Step => {
      compiled ??= self.inScope(parameters, () => block(self, node.getChild('Block')).run);
      return compiled;
    };
    if (name !== null) self.functions.set(self.textOf(name).toLowerCase(), { parameters, body });
  }
};

export type Limits = { readonly statements: number; readonly milliseconds: number; readonly depth: number };
export const LIMITS: Limits = { statements: 5_000_000, milliseconds: 30_000, depth: 64 };

export type Outcome =
  | { readonly isOk: true; readonly result: Value }
  | { readonly isOk: false; readonly message: string; readonly place: Place };

/** What a script is ready to do, again and again. */
export type Program = { run(host: ScriptHost, limits?: Limits): Promise<Outcome> };

/**
 * Makes a script ready to run. Its statements run in order; where it only defines one function, that one runs with the host's input
 * as its arguments. A script with parts that were not understood runs until it comes to one of them.
 */
export const compileScript = (source: string): Program => {
  const script = parseScript(source);
  try {
    return programOf(script);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { run: async () => TOO_DEEP };
  }
};

/** The engine's own stack ran out: something is nested deeper than anybody writes. */
const TOO_DEEP: Outcome = { isOk: false, message: 'the script is nested too deeply', place: { line: 1, column: 1 } };

const programOf = (script: Script): Program => {
  const self = new Compiler(script);
  defineFunctions(self);
  const main = block(self, script.tree.topNode);
  const only = self.functions.size === 1 && hasOnlyFunctions(script) ? [...self.functions.values()][0] : undefined;
  return {
    run: async (host, limits = LIMITS) => {
      const budget: Budget = { left: limits.statements, until: host.now() + limits.milliseconds, depth: limits.depth };
      const call: Frame['call'] = async (offset, act) => {
        try {
          return await act();
        } catch (error) {
          throw error instanceof ScriptError ? error : new ScriptError(error instanceof Error ? error.message : 'the call failed', offset);
        }
      };
      const given = (name: string): Value => (host.input instanceof Map ? (host.input.get(name) ?? null) : null);
      const frame: Frame = { slots: only?.parameters.map(given) ?? [], host, budget, depth: 0, result: null, call };
      try {
        await (only === undefined ? main.run : only.body())(frame);
        return { isOk: true, result: frame.result };
      } catch (error) {
        if (error instanceof ScriptError) return { isOk: false, message: error.message, place: script.placeOf(error.offset) };
        if (error instanceof RangeError) return TOO_DEEP;
        throw error;
      }
    },
  };
};

const hasOnlyFunctions = ({ tree }: Script): boolean => {
  for (let child = tree.topNode.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'FunctionDefinition' && child.name !== 'EmptyStatement' && !/Comment$/.test(child.name)) return false;
  return true;
};
