import type { BundleContents } from './bundle.ts';

export type DifferenceLine = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly what: string;
  readonly name: string;
  readonly says: string | null;
};

type Named = { readonly linkName: string };

const scopesSay = (before: readonly string[], after: readonly string[]): string[] => {
  const more = after.filter((scope) => !before.includes(scope));
  const less = before.filter((scope) => !after.includes(scope));
  return [...more.map((scope) => `+ ${scope}`), ...less.map((scope) => `− ${scope}`)];
};

const linesOf = <T extends Named>(
  what: string,
  before: readonly T[],
  after: readonly T[],
  nameOf: (part: T) => string,
  says: (was: T, is: T) => string[],
): DifferenceLine[] => {
  const old = new Map(before.map((part) => [part.linkName, part]));
  const fresh = new Set(after.map(({ linkName }) => linkName));
  return [
    ...after.flatMap((part): DifferenceLine[] => {
      const was = old.get(part.linkName);
      if (was === undefined) return [{ change: 'added', what, name: nameOf(part), says: null }];
      if (JSON.stringify(was) === JSON.stringify(part)) return [];
      return [{ change: 'changed', what, name: nameOf(part), says: says(was, part).join(', ') || null }];
    }),
    ...before
      .filter(({ linkName }) => !fresh.has(linkName))
      .map((part): DifferenceLine => ({ change: 'removed', what, name: nameOf(part), says: null })),
  ];
};

const renamed = (was: string, is: string): string[] => (was === is ? [] : [`was called ${was}`]);

/** What a version changes against the one before it; everything is new against none. */
export const differenceOf = (before: BundleContents | null, after: BundleContents): DifferenceLine[] => [
  ...linesOf(
    'connection',
    before?.connections ?? [],
    after.connections,
    ({ displayName }) => displayName,
    (was, is) => [
      ...renamed(was.displayName, is.displayName),
      ...scopesSay(was.scopes, is.scopes),
      ...(was.environmentPolicy === is.environmentPolicy ? [] : [`${is.environmentPolicy} authorization`]),
    ],
  ),
  ...linesOf(
    'component',
    before?.components ?? [],
    after.components,
    ({ name }) => name,
    (was, is) => renamed(was.name, is.name),
  ),
  ...linesOf(
    'form',
    before?.application.forms ?? [],
    after.application.forms,
    ({ name }) => name,
    () => [],
  ),
  ...linesOf(
    'page',
    before?.application.pages ?? [],
    after.application.pages,
    ({ name }) => name,
    () => [],
  ),
];
