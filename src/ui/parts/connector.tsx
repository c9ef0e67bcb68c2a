import { isCustomId } from '../../domain/custom.ts';
import { monogramOf } from '../../domain/text.ts';
import { Tag } from './basics.tsx';

/** A two-letter tile; never a brand's logo. */
export const Monogram = ({ name }: { readonly name: string }) => (
  <span class="monogram" aria-hidden="true">
    {monogramOf(name)}
  </span>
);

export const SandboxTag = ({ isSandbox }: { readonly isSandbox: boolean }) => (isSandbox ? <Tag tone="warn">sandbox</Tag> : null);

/** A connector that the workspace made itself says so wherever it shows. */
export const CustomTag = ({ connectorId }: { readonly connectorId: string }) =>
  isCustomId(connectorId) ? <Tag tone="warn">custom</Tag> : null;
