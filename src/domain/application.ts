import type { Environment } from './environment.ts';
import type { ApplicationId, OwnerId, RecordId, WorkspaceId } from './ids.ts';

export const FIELD_TYPES = ['text', 'number', 'date', 'choice'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export type Field = {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** For `choice` only; empty otherwise. */
  readonly choices: readonly string[];
};

export type Form = {
  readonly linkName: string;
  readonly name: string;
  /** May people fill it in without being members; then a run has no logged-in user (R113). */
  readonly isPublic: boolean;
  readonly fields: readonly Field[];
};
export type Page = { readonly linkName: string; readonly name: string };

/** What travels of an application beside its components and connections. */
export type ApplicationDefinition = {
  readonly name: string;
  readonly linkName: string;
  readonly forms: readonly Form[];
  readonly pages: readonly Page[];
};

/** A version as it stands in stage. */
export type Staged = { readonly version: string; readonly definition: ApplicationDefinition };

export type Application = ApplicationDefinition & {
  readonly id: ApplicationId;
  readonly workspaceId: WorkspaceId;
  /** The newest published version, or null before the first. */
  readonly latestVersion: string | null;
  /** What runs in stage; null before the first publication. */
  readonly staged: Staged | null;
  readonly createdAt: number;
  readonly revision: number;
};

/** An entry in a form; each environment has its own data. */
export type FormRecord = {
  readonly id: RecordId;
  readonly ownerId: OwnerId;
  readonly environment: Environment;
  readonly form: string;
  readonly values: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
};

const VALUE_CHECKS: Record<FieldType, (value: string, field: Field) => string | null> = {
  text: (value) => (value.length <= 2_000 ? null : 'is longer than 2,000 characters'),
  number: (value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? null : 'is not a number'),
  date: (value) => (isDate(value) ? null : 'is not a date'),
  choice: (value, field) => (field.choices.includes(value) ? null : 'is not one of the choices'),
};

const isDate = (value: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};

/** What is wrong with the values entered in a form, field by field; an empty list means they may be stored. */
export const checkValues = (form: Form, values: Readonly<Record<string, string>>): { field: string; says: string }[] =>
  form.fields.flatMap((field) => {
    const value = values[field.name] ?? '';
    if (value === '') return field.required ? [{ field: field.name, says: `${field.label} is needed` }] : [];
    const wrong = VALUE_CHECKS[field.type](value, field);
    return wrong === null ? [] : [{ field: field.name, says: `${field.label} ${wrong}` }];
  });

/** Is the second version newer than the first; both are `MAJOR.MINOR.PATCH`. */
export const isNewerVersion = (candidate: string, than: string): boolean => {
  const a = candidate.split('.').map(Number);
  const b = than.split('.').map(Number);
  for (let i = 0; i < 3; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
};

/** What the next version is called unless the publisher says otherwise. */
export const suggestVersion = (latest: string | null): string => {
  if (latest === null) return '1.0.0';
  const [major = 1, minor = 0] = latest.split('.').map(Number);
  return `${major}.${minor + 1}.0`;
};

export const VERSION_PATTERN = /^(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})$/;
