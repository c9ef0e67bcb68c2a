/** Any value that survives JSON, a runtime Port and canonical form unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** A JSON object, which is neither null nor a list. */
export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value);

/** The member at a dotted path (`organization.name`, `rows.0.id`), or undefined where the path ends early. */
export const readPath = (value: JsonValue | undefined, path: string): JsonValue | undefined => {
  let here = value;
  for (const step of path.split('.')) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isObject(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
};

/** The same for every item of the lists on the way, the one that the path names first (`0.id`: the first item's, then each other's). */
export const readPathAll = (value: JsonValue | undefined, path: string): JsonValue[] => {
  const [first] = [readPath(value, path)].filter((one) => one !== undefined);
  const all = path
    .split('.')
    .reduce<readonly (JsonValue | undefined)[]>(
      (here, step) =>
        here.flatMap((one): readonly (JsonValue | undefined)[] => (Array.isArray(one) && /^\d+$/.test(step) ? one : [readPath(one, step)])),
      [value],
    );
  const found = all.filter((one) => one !== undefined);
  return first === undefined ? found : [first, ...found];
};

/** A value of an answer as a screen shows it. */
export const textOf = (value: JsonValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
