import { USES } from '../domain/component.ts';
import { Fault } from '../domain/faults.ts';
import type { ComponentKind } from './kind.ts';

const FILES = import.meta.glob<Record<string, ComponentKind>>('./kinds/*.ts', { eager: true });

const ORDER = Object.keys(USES);

const KINDS: ReadonlyMap<string, ComponentKind> = new Map(
  Object.values(FILES)
    .flatMap((file) => Object.values(file))
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
    .map((kind) => [kind.name, kind]),
);

/** Every kind of component there is, one for each file in `kinds/`. */
export const allKinds = (): readonly ComponentKind[] => [...KINDS.values()];

/** Throws `component.unknown-kind`. */
export const kindByName = (name: string): ComponentKind => {
  const kind = KINDS.get(name);
  if (kind === undefined) throw new Fault('component.unknown-kind', name);
  return kind;
};
