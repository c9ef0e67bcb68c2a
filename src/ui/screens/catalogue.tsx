import { CatalogueBrowser } from '../parts/catalogue-browser.tsx';

export const Catalogue = () => (
  <>
    <p class="lead">Built-in connectors. A connection is made from one of these; nothing that somebody sends you can change one.</p>
    <CatalogueBrowser hrefOf={({ id }) => `#/catalogue/${id}`} labelOf={({ name }) => name} heading="h2" />
  </>
);
