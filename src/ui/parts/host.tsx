import { splitHost } from '../../domain/host.ts';

/** A host with the part that says whose it is set apart: what stands before it can be called anything (S46). */
export const Host = ({ host }: { readonly host: string }) => {
  const { before, domain } = splitHost(host);
  return (
    <code class="host" translate={false} dir="ltr">
      {before}
      <strong>{domain}</strong>
    </code>
  );
};
