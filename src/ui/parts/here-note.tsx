import type { ConnectorView } from '../../core/views.ts';

/** What the web app cannot do for this service, or nobody knows whether it can (UX 8). */
export const HereNote = ({
  connector,
}: {
  readonly connector: Pick<ConnectorView, 'name' | 'truth' | 'worksHere' | 'isSandbox' | 'creation'>;
}) => {
  const { needsForWebApp } = connector.truth;
  if (connector.isSandbox || !connector.creation.allowed || connector.worksHere === 'yes') return null;
  return connector.worksHere === 'no' ? (
    <p class="note warn">
      <strong>◔ Continue in the extension.</strong> The web app cannot authorize {connector.name}: a browser lets no web page read the
      answer that brings the token, or nobody has looked up that it does. The connection can be defined here and is authorized in the
      extension.
    </p>
  ) : needsForWebApp !== null ? (
    <p class="note">
      <strong>◔ The web app needs settings at {connector.name}.</strong> {needsForWebApp} The extension needs none of that.
    </p>
  ) : (
    <p class="note">
      Nobody has looked up whether {connector.name} answers to web pages. If authorizing fails here, the extension can do it.
    </p>
  );
};
